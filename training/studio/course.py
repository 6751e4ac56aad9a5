"""How a training goes, read from its metrics.csv."""

from __future__ import annotations

import csv
import statistics
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """A line of metrics.csv, as training.recipe.Epoch, without waiting for torch."""

    epoch: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float


def read_course(run: Path) -> list[Measured]:
    """The epochs so far; the file may be half written while it is read."""
    epochs = []
    try:
        with (run / "metrics.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                values = {name: float(row[name]) for name in Measured.__dataclass_fields__ if name != "epoch"}
                epochs.append(Measured(int(row["epoch"]), **values))
    except (OSError, ValueError, TypeError, KeyError):
        return epochs
    return epochs


def best_of(epochs: list[Measured]) -> Measured | None:
    """The one whose network is kept, as training.train chooses it."""
    return max(epochs, key=lambda e: (e.val_accuracy, -e.val_loss), default=None)


def minutes_left(epochs: list[Measured], planned: int) -> float | None:
    """By the median of the last three epochs: the pictures grow in the course of a training. None before the first."""
    if not epochs:
        return None
    return (planned - len(epochs)) * statistics.median(e.seconds for e in epochs[-3:]) / 60
