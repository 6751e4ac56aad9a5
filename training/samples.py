"""Serves training and validation samples from pictures held in memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

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
from training.transforms import as_the_camera_sees, cutout_view, ground_view, photo_view

LONGEST_PX = 512
"""Longer photos are reduced: the network sees 224 px of them."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One decoded photo, the index of its class, and its cutout where one was found."""

    picture: Picture
    target: int
    cutout: Cutout | None = None


def load_samples(photos: tuple[Photo, ...], classes: tuple[str, ...], background: str | None) -> list[Sample]:
    """Decode all photos, and cut the animals out (not of class `background`; of none where that is None).

    A photo of 300×200 takes 180 kB, so that 5000 fit in 1 GB. Raises TrainingError for one that is unreadable.
    """

    def load(photo: Photo) -> Sample:
        picture = read_picture(photo.path, LONGEST_PX)
        animal = background is not None and photo.label != background
        return Sample(picture, classes.index(photo.label), cut_out(picture) if animal else None)

    try:
        with ThreadPoolExecutor() as pool:
            return list(tqdm(pool.map(load, photos), total=len(photos), desc=_("loading"), unit=_("photo")))
    except UnreadablePicture as error:
        todo = _("run `gardenwatch-train prepare`, which leaves such files out")
        raise TrainingError(_("readable photos"), str(error), todo) from error


class TrainingSamples(Dataset[tuple[Tensor, int]]):
    """Each photo once per epoch in a new guise, and drawn backgrounds between them.

    A sample is (3, size, size) uint8 RGB and its class. Which guise depends only on seed, epoch and index, so that
    a run can be repeated whatever the number of workers.
    """

    def __init__(self, samples: list[Sample], size: int, seed: int, background: int | None) -> None:
        self.samples, self.size, self.seed, self.background = samples, size, seed, background
        self.epoch = 0
        self.grounds = [s.picture for s in samples if s.target == background]
        # Half as many as an average class has photos; with as many, caterpillars were taken for background.
        classes = len({s.target for s in samples})
        self.drawn = len(samples) // classes // 2 if background is not None else 0

    def __len__(self) -> int:
        return len(self.samples) + self.drawn

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        rng = np.random.default_rng((self.seed, self.epoch, index))
        if index >= len(self.samples):
            assert self.background is not None
            view, target = ground_view(rng, self.size, self.grounds), self.background
            if rng.random() < 0.5:  # as often as photos stay sharp, else what is blurred would seem background
                return _as_tensor(view), target
        else:
            sample = self.samples[index]
            target = sample.target
            if rng.random() < 0.5:  # half as people photograph, half as the camera sees: it must know both
                return _as_tensor(photo_view(sample.picture, rng, self.size, upright=True)), target
            view = self._view(sample, rng)
        return _as_tensor(as_the_camera_sees(view, rng)), target

    def _view(self, sample: Sample, rng: np.random.Generator) -> Picture:
        choice = rng.random()
        if sample.cutout is not None and choice < 0.5:
            return cutout_view(sample.cutout, rng, ground_view(rng, self.size, self.grounds))
        if choice < 0.65:
            ground = ground_view(rng, self.size, self.grounds)
            return photo_view(sample.picture, rng, self.size, ground=ground)
        return photo_view(sample.picture, rng, self.size)


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
