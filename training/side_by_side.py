"""Puts two models side by side: size, accuracy and speed, measured in turns."""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from edge.model.classifier import Classifier
from training.evaluate import evaluate
from training.language import _
from training.layout import Photo
from training.pictures import read_picture

TURNS = 40
"""Each model runs once a turn, so that what else the computer does meets both."""
MOST_LOST = 0.01
"""One point: on 400 photos, what chance alone makes."""


@dataclass(frozen=True, slots=True)
class Side:
    """One model; `ms` by number of threads, median, preprocessing included."""

    name: str
    size_mb: float
    top1: float
    macro_recall: float
    ms: dict[int, float]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The model as it was, and what became of it."""

    before: Side
    after: Side
    photos: int

    @property
    def loses_too_much(self) -> bool:
        """More than a point of top-1."""
        return self.before.top1 - self.after.top1 > MOST_LOST + 1e-9

    def rows(self) -> list[list[str]]:
        """For a table: what, before, after."""
        rows = [[_("size, MB"), f"{self.before.size_mb:.1f}", f"{self.after.size_mb:.1f}"]]
        rows.append(["top-1", f"{self.before.top1:.4f}", f"{self.after.top1:.4f}"])
        rows.append([_("macro recall"), f"{self.before.macro_recall:.4f}", f"{self.after.macro_recall:.4f}"])
        for threads in self.before.ms:
            name = _("ms a photo, {threads} threads").format(threads=threads)
            rows.append([name, f"{self.before.ms[threads]:.2f}", f"{self.after.ms[threads]:.2f}"])
        return rows


def side_by_side(before: Path, after: Path, photos: tuple[Photo, ...]) -> SideBySide:
    """Raises as `evaluate` does."""
    models = [before, after]
    done = [evaluate(path, photos) for path in models]
    read = done[0].photos
    times = {threads: _in_turns(models, read[0].path, threads) for threads in sorted({1, _all()})}
    sides = []
    for i, (path, figures) in enumerate(zip(models, (one.figures for one in done), strict=True)):
        ms = {threads: medians[i] for threads, medians in times.items()}
        sides.append(Side(path.name, path.stat().st_size / 1e6, figures.top1, figures.macro_recall, ms))
    return SideBySide(sides[0], sides[1], len(read))


def _all() -> int:
    return os.cpu_count() or 1


def _in_turns(models: list[Path], photo: Path, threads: int) -> list[float]:
    picture = read_picture(photo)
    classifiers = [Classifier.open(model, threads=threads) for model in models]
    times: list[list[float]] = [[] for _model in models]
    for _turn in range(TURNS):
        for classifier, taken in zip(classifiers, times, strict=True):
            began = time.perf_counter()
            classifier.classify([picture])
            taken.append(1000 * (time.perf_counter() - began))
    return [statistics.median(taken) for taken in times]
