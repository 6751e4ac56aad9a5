"""Serves training and validation samples."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset
from tqdm import tqdm

from edge.model.contract import Preprocessing
from training.cutouts import Cutout, cut_out
from training.errors import TrainingError
from training.language import _
from training.layout import Photo
from training.pictures import Picture, UnreadablePicture, read_picture
from training.scenes import draw_scene
from training.transforms import as_the_camera_sees, beside_view, cutout_view, ground_view, photo_view
from training.views import VIEWS, drawn_number, fixed_view

LONGEST_PX = 512
"""Longer photos are reduced: the network sees 224 px of them."""
HELD_MB = 1024
"""Decoded photos up to this size stay in memory, some 6000 of 300×200; others are decoded when they are needed (1.5 ms
each, where a step of learning takes 20 to 200 ms a photo)."""
CUTOUTS_HELD = 5000
"""0.1 MB each; others are cut anew, 0.03 s."""


SHARP = 0.35
"""Of an epoch's photos so many stay as people photograph; the others become what a camera sees."""
WHOLE, ON_GROUND = 0.5, 0.85
"""Of the latter, half keep their ground, small and soft; the next 35 % are cut out where that is possible, and put on
other ground; the rest is laid on it as a small photo."""
BESIDE, DRAWN = 0.35, 0.35
"""Of the grounds, 35 % are real ones beside an animal, 35 % drawn, the others blown-up parts of backgrounds."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One photo and the index of its class."""

    path: Path
    target: int
    held: Picture | None = None

    @property
    def picture(self) -> Picture:
        """As it was held in memory, else decoded now."""
        return read_picture(self.path, LONGEST_PX) if self.held is None else self.held


def load_samples(photos: tuple[Photo, ...], classes: tuple[str, ...], held_mb: float = HELD_MB) -> list[Sample]:
    """Decode all photos, and hold as many as fit. Raises TrainingError for one that is unreadable."""
    left = held_mb * 1e6

    def load(photo: Photo) -> Sample:
        nonlocal left
        picture = read_picture(photo.path, LONGEST_PX)
        left -= picture.nbytes  # threads may overdraw this by one photo each
        return Sample(photo.path, classes.index(photo.label), picture if left > 0 else None)

    try:
        with ThreadPoolExecutor() as pool:
            return list(tqdm(pool.map(load, photos), total=len(photos), desc=_("loading"), unit=_("photo")))
    except UnreadablePicture as error:
        todo = _("run `gardenwatch-train prepare`, which leaves such files out")
        raise TrainingError(_("readable photos"), str(error), todo) from error


class TrainingSamples(Dataset[tuple[Tensor, int, int]]):
    """Each photo in a new guise every epoch, and drawn backgrounds between them.

    A sample is (3, size, size) uint8 RGB, its class, and which of the `fixed_view`s it shows, VIEWS for none. Which
    guise depends only on seed, epoch and index, so that a run can be repeated whatever the number of workers.
    """

    def __init__(
        self,
        samples: list[Sample],
        size: int,
        seed: int,
        grounds: Sequence[int],
        *,
        whole: bool = False,
        taught: Preprocessing | None = None,
    ) -> None:
        """Classes `grounds` are no animals; drawn ground is of the first of them. `whole` as `photo_view` has it.

        With `taught`, what is shown of a photo on its own ground are the views that teachers have looked at.
        """
        self.samples, self.seed, self.grounds, self.whole = samples, seed, tuple(grounds), whole
        self._taught = taught
        self._stage = torch.tensor([0, size])
        self._stage.share_memory_()  # type: ignore[no-untyped-call]  # workers live longer than an epoch
        self._ground_photos = [s for s in samples if s.target in grounds]
        # As many as an average class has photos. When all of these were drawn, caterpillars were taken for background,
        # and butterflies when half showed drawn leaves and petals; a third of them now lay beside real animals.
        classes = len({s.target for s in samples})
        self.drawn = len(samples) // classes if grounds else 0
        self._cutouts: dict[int, Cutout | None] = {}

    @property
    def epoch(self) -> int:
        return int(self._stage[0])

    @epoch.setter
    def epoch(self, number: int) -> None:
        self._stage[0] = number

    @property
    def size(self) -> int:
        return int(self._stage[1])

    @size.setter
    def size(self, px: int) -> None:
        self._stage[1] = px

    @property
    def targets(self) -> list[int]:
        """The class of every sample, drawn ones too."""
        return [s.target for s in self.samples] + list(self.grounds[:1]) * self.drawn

    def __len__(self) -> int:
        return len(self.samples) + self.drawn

    def __getitem__(self, index: int) -> tuple[Tensor, int, int]:
        rng = np.random.default_rng((self.seed, self.epoch, index))
        size = self.size
        if index >= len(self.samples):
            view, target, number = self._ground(rng, size), self.grounds[0], VIEWS
            if rng.random() < SHARP:  # as often as photos stay sharp, else what is blurred would seem background
                return _as_tensor(view), target, number
        else:
            target = self.samples[index].target
            if rng.random() < SHARP:
                view, number = self._photo(index, rng, size, upright=True)
                return _as_tensor(view), target, number
            view, number = self._view(index, rng, size)
        return _as_tensor(as_the_camera_sees(view, rng)), target, number

    def _view(self, index: int, rng: np.random.Generator, size: int) -> tuple[Picture, int]:
        choice = rng.random()
        if choice < WHOLE:
            return self._photo(index, rng, size, upright=choice < WHOLE / 2)
        cutout = self._cutout(index) if choice < ON_GROUND else None
        if cutout is not None:
            return cutout_view(cutout, rng, self._ground(rng, size)), VIEWS
        picture = self.samples[index].picture
        return photo_view(picture, rng, size, ground=self._ground(rng, size), whole=self.whole), VIEWS

    def _photo(self, index: int, rng: np.random.Generator, size: int, *, upright: bool) -> tuple[Picture, int]:
        """A part of the photo, or a view that teachers have looked at, whether upright or not, and its number."""
        picture = self.samples[index].picture
        if self._taught is None:
            return photo_view(picture, rng, size, upright=upright, whole=self.whole), VIEWS
        number = drawn_number(rng)
        view = fixed_view(picture, index, number, self._taught)
        return np.asarray(cv2.resize(view, (size, size), interpolation=cv2.INTER_AREA), np.uint8), number

    def _ground(self, rng: np.random.Generator, size: int) -> Picture:
        kind = rng.random()
        if kind < BESIDE:
            for _try in range(3):
                view = self._beside(rng, size)
                if view is not None:
                    return view
        if not self._ground_photos or kind < BESIDE + DRAWN:
            return draw_scene(rng, size)
        return ground_view(rng, size, self._ground_photos[int(rng.integers(len(self._ground_photos)))].picture)

    def _beside(self, rng: np.random.Generator, size: int) -> Picture | None:
        """What lies beside an animal in its photo; None where it is not known or fills the photo."""
        index = int(rng.integers(len(self.samples)))
        cutout = self._cutout(index)
        return None if cutout is None else beside_view(rng, size, self.samples[index].picture, cutout.box)

    def _cutout(self, index: int) -> Cutout | None:
        """The animal alone, cut out when it is first wanted; nothing of backgrounds, or where none is known."""
        sample = self.samples[index]
        if not self.grounds or sample.target in self.grounds:
            return None
        if index in self._cutouts:
            return self._cutouts[index]
        cutout = cut_out(sample.picture)
        if len(self._cutouts) < CUTOUTS_HELD:
            self._cutouts[index] = cutout
        return cutout


class ValidationSamples(Dataset[tuple[Tensor, int]]):
    """Each photo as the device's own preprocessing cuts it."""

    def __init__(self, samples: list[Sample], preprocessing: Preprocessing) -> None:
        self.samples, self.preprocessing = samples, preprocessing

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        sample = self.samples[index]
        return _as_tensor(self.preprocessing.resized(sample.picture)), sample.target


def _as_tensor(picture: Picture) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture[:, :, ::-1].transpose(2, 0, 1)))
