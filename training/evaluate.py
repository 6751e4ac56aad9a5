"""Measures a model file on photos, through ONNX Runtime with the device's own preprocessing."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from edge.model.classifier import Answers, Classifier
from edge.model.contract import ModelCard
from training.calibration import expected_calibration_error
from training.errors import TrainingError
from training.language import _
from training.layout import Photo
from training.metrics import Figures, figures_of
from training.pictures import Picture, UnreadablePicture, read_picture

BATCH = 16
"""More gains no speed on a processor, and 16 large photos still fit in the memory of a Pi."""
TIMED = 30
"""Runs per speed: their median is steady to some percent on a computer that does little else."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Figures, calibration error (ECE, 15 bins), and the photos that could not be read."""

    figures: Figures
    ece: float
    photos: list[Photo]
    truth: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    strange: NDArray[np.bool_]
    """(N,) called an animal, of which the device says `unknown` because the model does not find them familiar."""
    left_out: dict[str, str]
    card: ModelCard


def evaluate(
    model: Path,
    photos: tuple[Photo, ...],
    threads: int = 2,
    change: Callable[[Picture], Picture] = lambda picture: picture,
) -> Evaluation:
    """Of the photos as they are, or changed. Raises edge.model.errors.ModelError for a bad model, TrainingError where
    its labels are not the photos'."""
    classifier = Classifier.open(model, threads=threads)
    labels = tuple(label.key for label in classifier.card.labels)
    expect_known(labels, photos)
    kept: list[Photo] = []
    left_out: dict[str, str] = {}
    answers: list[Answers] = []
    pictures: list[Picture] = []
    for photo in tqdm(photos, desc=_("evaluating"), unit=_("photo"), leave=False):
        try:
            pictures.append(change(read_picture(photo.path)))
            kept.append(photo)
        except UnreadablePicture as error:
            left_out[str(photo.path)] = str(error)
        if len(pictures) == BATCH:
            answers.append(classifier.classify(pictures))
            pictures = []
    if pictures:
        answers.append(classifier.classify(pictures))
    if not kept:
        raise TrainingError(_("readable photos"), _("no photo at all"), _("look at the files that are left out"))
    probabilities = np.concatenate([each.probabilities for each in answers]).astype(np.float64)
    grounds = [place for place, label in enumerate(classifier.card.labels) if label.role == "background"]
    is_animal = ~np.isin(probabilities.argmax(axis=1), grounds)
    unfamiliar = np.concatenate([each.familiarity for each in answers]) < classifier.card.strange_below
    truth = np.array([labels.index(photo.label) for photo in kept], np.int64)
    figures = figures_of(labels, truth, probabilities.argmax(axis=1))
    ece = expected_calibration_error(probabilities, truth)
    return Evaluation(figures, ece, kept, truth, probabilities, unfamiliar & is_animal, left_out, classifier.card)


def expect_known(labels: Sequence[str], photos: Sequence[Photo]) -> None:
    """Raises TrainingError where there are photos of other classes, or none."""
    strange = sorted({photo.label for photo in photos} - set(labels))
    if strange or not photos:
        found = _("photos of {names}").format(names=", ".join(strange)) if strange else _("no photo at all")
        expected = _("photos of the model's classes ({names})").format(names=", ".join(labels))
        raise TrainingError(expected, found, _("evaluate on the set it was trained on, or one with the same classes"))


def speed_ms(model: Path, photo: Path) -> dict[int, float]:
    """Milliseconds for one photo, by number of threads (one, and all): median, preprocessing included.

    Measured in turns, so that what else the computer does meets both.
    """
    picture = read_picture(photo)
    classifiers = {threads: Classifier.open(model, threads=threads) for threads in sorted({1, os.cpu_count() or 1})}
    times: dict[int, list[float]] = {threads: [] for threads in classifiers}
    for _turn in range(TIMED):
        for threads, classifier in classifiers.items():
            began = time.perf_counter()
            classifier.classify([picture])
            times[threads].append(1000 * (time.perf_counter() - began))
    return {threads: statistics.median(taken) for threads, taken in times.items()}
