"""Asks a model about photos made as small and soft as a garden camera sees animals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.evaluate import Evaluation, evaluate
from training.layout import Photo
from training.pictures import Picture

SIZES = (96, 64, 48, 40, 32)
"""Longest side; in the composed garden clips animals are 30 to 190 px long."""
QUALITY = 75
"""JPEG's, as of a cheap camera."""
FAIR_PX = 48
"""Here no class should take more than twice its share of the answers."""


@dataclass(frozen=True, slots=True)
class AtSize:
    """Accuracy at one size, and the class that takes the most beyond its share: answers over photos of it."""

    px: int
    top1: float
    macro_recall: float
    greediest: str
    times_its_share: float
    answers_share: float


def reduced(picture: Picture, px: int) -> Picture:
    """At most `px` long, averaged down, through JPEG; a smaller picture is only compressed."""
    height, width = picture.shape[:2]
    scale = min(1.0, px / max(height, width))
    new = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(picture, new, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    _ok, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def at_sizes(model: Path, photos: tuple[Photo, ...], sizes: tuple[int, ...] = SIZES) -> list[AtSize]:
    """Raises as `evaluate` does."""
    return [_at(evaluate(model, photos, change=partial(reduced, px=px)), px) for px in sizes]


def _at(done: Evaluation, px: int) -> AtSize:
    labels, figures = done.figures.labels, done.figures
    name, times = greediest(done.truth, done.probabilities.argmax(1), len(labels))
    share = figures.classes[name].called / max(figures.photos, 1)
    return AtSize(px, figures.top1, figures.macro_recall, labels[name], times, share)


def greediest(truth: NDArray[np.int64], answers: NDArray[np.int64], classes: int) -> tuple[int, float]:
    """The class that is answered most often beyond its number of photos, and how many times; one without photos counts
    as if it had one."""
    photos, called = Counter(truth.tolist()), Counter(answers.tolist())
    times = {i: called[i] / max(photos[i], 1) for i in range(classes)}
    return max(times.items(), key=lambda item: item[1])
