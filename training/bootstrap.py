"""Says how far a figure may be off: photos are drawn again and again, with replacement, and the figure taken anew.

Whole groups are drawn, because photos of one burst or one sighting err together (Field & Welsh 2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
"""The ends of a 95 % interval are then settled to about a tenth of its width."""
AT_ONCE = 100

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Intervals:
    """95 % intervals (2.5 and 97.5 percentiles); of classes in the order of the labels, nan where there is none."""

    top1: Interval
    macro_recall: Interval
    precision: list[Interval]
    recall: list[Interval]
    f1: list[Interval]


def drawn_weights(groups: Sequence[object], rng: np.random.Generator, draws: int) -> NDArray[np.int64]:
    """(draws, N): how often each photo is taken in each draw."""
    names, place = np.unique([str(group) for group in groups], return_inverse=True)
    taken = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    return np.asarray(taken[:, place], np.int64)


def intervals(
    truth: NDArray[np.int64], answers: NDArray[np.int64], classes: int, groups: Sequence[object], seed: int = 0
) -> Intervals:
    """Of (N,) true classes and (N,) answers; `groups` says what each photo belongs to."""
    rng = np.random.default_rng(seed)
    is_true, is_called = np.eye(classes)[truth], np.eye(classes)[answers]
    found: list[NDArray[np.float64]] = []
    with np.errstate(invalid="ignore", divide="ignore"):
        for _start in range(0, DRAWS, AT_ONCE):
            weights = drawn_weights(groups, rng, AT_ONCE)
            right, photos, called = weights @ (is_true * is_called), weights @ is_true, weights @ is_called
            recall, precision, f1 = right / photos, right / called, 2 * right / (photos + called)
            top1 = right.sum(1) / weights.sum(1)
            macro = np.nansum(recall, 1) / np.maximum((~np.isnan(recall)).sum(1), 1)
            found.append(np.column_stack([top1, macro, precision, recall, f1]))
    limits = _percentiles(np.concatenate(found))
    parts = [limits[2 + i * classes : 2 + (i + 1) * classes] for i in range(3)]
    return Intervals(limits[0], limits[1], *parts)


def _percentiles(values: NDArray[np.float64]) -> list[Interval]:
    limits = []
    for column in values.T:
        known = column[~np.isnan(column)]
        low, high = np.percentile(known, [2.5, 97.5]) if known.size else (np.nan, np.nan)
        limits.append((float(low), float(high)))
    return limits
