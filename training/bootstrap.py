"""Says how far a figure may be off: photos are drawn again and again, with replacement, and the figure taken anew.

Whole groups are drawn, because photos of one burst or one sighting err together (Field & Welsh 2007). Where every draw
gives the same, such as of five photos that are all right, Wilson's interval of so many groups is given instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
"""The ends of a 95 % interval are then settled to about a tenth of its width."""
AT_ONCE = 100
Z95 = 1.959964
"""The standard normal distribution has 95 % within so many standard deviations."""

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
    support = _groups_behind(is_true > 0, is_called > 0, groups)
    limits = [
        wilson(low, count) if low == high else (low, high) for (low, high), count in zip(limits, support, strict=True)
    ]
    parts = [limits[2 + i * classes : 2 + (i + 1) * classes] for i in range(3)]
    return Intervals(limits[0], limits[1], *parts)


def wilson(share: float, count: float) -> Interval:
    """The 95 % interval of a share seen in so many (Wilson 1927, doi:10.1080/01621459.1927.10502953)."""
    spread = Z95**2 / count
    middle, half = share + spread / 2, Z95 * math.sqrt(share * (1 - share) / count + spread / count / 4)
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return float(max(low, 0.0)), float(min(high, 1.0))


def _groups_behind(
    is_true: NDArray[np.bool_], is_called: NDArray[np.bool_], groups: Sequence[object]
) -> NDArray[np.float64]:
    """How many groups each figure rests on, in the order of the figures."""
    places = np.unique([str(group) for group in groups], return_inverse=True)[1]

    def count(chosen: NDArray[np.bool_]) -> list[int]:
        return [len(np.unique(places[column])) for column in chosen.T]

    true = count(is_true)
    seen = np.array([one for one in true if one])
    macro = len(seen) ** 2 / (1 / seen).sum()  # as many as give a mean of shares that variance
    return np.array([places.max() + 1, macro, *count(is_called), *true, *count(is_true | is_called)], np.float64)


def _percentiles(values: NDArray[np.float64]) -> list[Interval]:
    limits = []
    for column in values.T:
        known = column[~np.isnan(column)]
        low, high = np.percentile(known, [2.5, 97.5]) if known.size else (np.nan, np.nan)
        limits.append((float(low), float(high)))
    return limits
