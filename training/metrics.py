"""Figures of a classifier on labelled photos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One class; precision is None where nothing was called so, recall where there is no photo of it."""

    label: str
    photos: int
    called: int
    right: int

    @property
    def precision(self) -> float | None:
        """Of what was called so, the part that is so."""
        return self.right / self.called if self.called else None

    @property
    def recall(self) -> float | None:
        """Of what is so, the part that was called so."""
        return self.right / self.photos if self.photos else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None where the class neither is there nor is called."""
        return 2 * self.right / (self.photos + self.called) if self.photos + self.called else None


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """All figures follow from the confusion matrix: (K, K) counts, row = true class, column = answer."""

    labels: tuple[str, ...]
    confusion: NDArray[np.int64]

    @property
    def photos(self) -> int:
        return int(self.confusion.sum())

    @property
    def top1(self) -> float:
        """The part of all photos whose likeliest class is the right one."""
        return float(np.trace(self.confusion)) / max(self.photos, 1)

    @property
    def classes(self) -> list[ClassFigures]:
        c = self.confusion
        return [
            ClassFigures(label, int(c[i].sum()), int(c[:, i].sum()), int(c[i, i]))
            for i, label in enumerate(self.labels)
        ]

    @property
    def macro_recall(self) -> float:
        """Mean recall of the classes that have photos: small classes count as much as large ones."""
        recalls = [f.recall for f in self.classes if f.recall is not None]
        return sum(recalls) / max(len(recalls), 1)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        per_class = {f.label: {"photos": f.photos, "precision": f.precision, "recall": f.recall} for f in self.classes}
        return {
            "photos": self.photos,
            "top1": self.top1,
            "macro_recall": self.macro_recall,
            "per_class": per_class,
            "labels": list(self.labels),
            "confusion": self.confusion.tolist(),
        }


def figures_of(labels: tuple[str, ...], truth: NDArray[np.int64], answers: NDArray[np.int64]) -> Figures:
    """Count (N,) true classes against (N,) answers, both indices into `labels`."""
    confusion = np.zeros((len(labels), len(labels)), np.int64)
    np.add.at(confusion, (truth, answers), 1)
    return Figures(labels, confusion)
