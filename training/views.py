"""Seven fixed views of each photo: what teachers look at beforehand, and what their pupil is shown of it.

A teacher that is asked about one view and a pupil that sees another learn that views do not matter, of a part without
the animal, too; where both see the same, the pupil becomes more right (Beyer et al. 2022, "Knowledge distillation: a
good teacher is patient and consistent"). Asking teachers in every step would take three times as long.
"""

from __future__ import annotations

import numpy as np

from edge.model.contract import Preprocessing
from training.pictures import Picture
from training.transforms import photo_view

PLAIN = 2
"""The first: as the device cuts the photo, and its mirror image."""
UPRIGHT = 5
"""So many stand nearly upright, the rest lie anyhow."""
VIEWS = 7
"""Numbers from 0; `VIEWS` itself stands for a picture that is none of them."""
_SEED = 999
"""Views are the same in every run, whatever its seed."""


def fixed_view(picture: Picture, place: int, number: int, preprocessing: Preprocessing) -> Picture:
    """(size, size, 3): the view of that number of the photo at that place in its set."""
    if number < PLAIN:
        plain = preprocessing.resized(picture)
        return plain if number == 0 else np.ascontiguousarray(plain[:, ::-1])
    rng = np.random.default_rng((_SEED, place, number))
    whole = preprocessing.resize == "longer_side"
    return photo_view(picture, rng, preprocessing.size_px, upright=number < UPRIGHT, whole=whole)


def drawn_number(rng: np.random.Generator) -> int:
    """A view for this epoch: in a quarter of the draws a plain one, else any."""
    return int(rng.integers(VIEWS)) if rng.random() < 0.75 else int(rng.integers(PLAIN))
