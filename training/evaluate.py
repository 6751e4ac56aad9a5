"""Measures a model file on photos, through ONNX Runtime with the device's own preprocessing."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from edge.model.classifier import Classifier
from training.calibration import expected_calibration_error
from training.errors import TrainingError
from training.language import _
from training.layout import Photo
from training.metrics import Figures, figures_of
from training.pictures import UnreadablePicture, read_picture
from training.plots import plot_confusion

BATCH = 16
"""More gains no speed on a processor, and 16 large photos still fit in the memory of a Pi."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Figures, calibration error (ECE, 15 bins), and the photos that could not be read."""

    figures: Figures
    ece: float
    photos: list[Photo]
    probabilities: NDArray[np.float64]
    left_out: dict[str, str]


def evaluate(model: Path, photos: tuple[Photo, ...], threads: int = 2) -> Evaluation:
    """Raises edge.model.errors.ModelError for a bad model, TrainingError where its labels are not the photos'."""
    classifier = Classifier.open(model, threads=threads)
    labels = tuple(label.key for label in classifier.card.labels)
    strange = sorted({photo.label for photo in photos} - set(labels))
    if strange or not photos:
        found = _("photos of {names}").format(names=", ".join(strange)) if strange else _("no photo at all")
        expected = _("photos of the model's classes ({names})").format(names=", ".join(labels))
        raise TrainingError(expected, found, _("evaluate on the set it was trained on, or one with the same classes"))
    kept: list[Photo] = []
    left_out: dict[str, str] = {}
    answers: list[NDArray[np.float32]] = []
    pictures = []
    for photo in tqdm(photos, desc=_("evaluating"), unit=_("photo")):
        try:
            pictures.append(read_picture(photo.path))
            kept.append(photo)
        except UnreadablePicture as error:
            left_out[str(photo.path)] = str(error)
        if len(pictures) == BATCH:
            answers.append(classifier.classify(pictures)[0])
            pictures = []
    if pictures:
        answers.append(classifier.classify(pictures)[0])
    probabilities = np.concatenate(answers).astype(np.float64)
    truth = np.array([labels.index(photo.label) for photo in kept], np.int64)
    figures = figures_of(labels, truth, probabilities.argmax(axis=1))
    return Evaluation(figures, expected_calibration_error(probabilities, truth), kept, probabilities, left_out)


def write_report(evaluation: Evaluation, out: Path) -> None:
    """figures.json, confusion.csv, confusion.png, and answers.csv with every photo's answer, into the folder."""
    out.mkdir(parents=True, exist_ok=True)
    figures = evaluation.figures
    data = figures.to_dict() | {"ece": evaluation.ece, "left_out": evaluation.left_out}
    (out / "figures.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    with (out / "confusion.csv").open("w", encoding="utf-8-sig", newline="") as file:  # BOM: for spreadsheets
        writer = csv.writer(file)
        writer.writerow(["true \\ answer", *figures.labels])
        writer.writerows([label, *row] for label, row in zip(figures.labels, figures.confusion.tolist(), strict=True))
    with (out / "answers.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "class", "answer", "confidence"])
        for photo, row in zip(evaluation.photos, evaluation.probabilities, strict=True):
            best = int(row.argmax())
            writer.writerow([photo.path.as_posix(), photo.label, figures.labels[best], f"{row[best]:.4f}"])
    plot_confusion(figures, out / "confusion.png")
