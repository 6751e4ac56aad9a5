"""The picture of loss and accuracy, one for a wide screen and one for a phone."""

from __future__ import annotations

import base64
import functools
import tempfile
from pathlib import Path

from training.language import _
from training.page import Html, element
from training.plots import plot_curves
from training.studio.course import Measured, read_course
from training.studio.training_process import Present

NARROW = "(max-width: 47.9rem)"
"""Side by side, the letters would be too small there."""


def curves(present: Present) -> str:
    """In HTML; empty before the first epoch."""
    epochs = read_course(present.run) if present.run else []
    if not epochs:
        return ""
    wide, upright = (_drawn(tuple(epochs), is_upright) for is_upright in (False, True))
    picture = Html(
        f'<picture><source media="{NARROW}" srcset="{upright}"><img src="{wide}" alt=""></picture>',
    )
    return element("figure", picture, element("figcaption", _("Loss and accuracy after every epoch")))


@functools.lru_cache(maxsize=2)
def _drawn(epochs: tuple[Measured, ...], is_upright: bool) -> str:
    """A data URI, drawn anew only after a new epoch."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "curves.png"
        plot_curves(epochs, path, is_upright)
        return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")
