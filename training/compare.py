"""Says whether the difference between two models is real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.model.classifier import Classifier
from training.assessment import groups_of
from training.bootstrap import DRAWS, Interval, drawn_weights, wilson
from training.errors import UsageError
from training.evaluate import evaluate
from training.language import _
from training.layout import Photo

REAL, PERHAPS = 0.01, 0.05
"""Chance would bring such a difference once in a hundred, once in twenty times: the customary limits."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counts of photos by who names them right, and how probable it is that chance alone makes such a difference."""

    both: int
    only_first: int
    only_second: int
    neither: int
    p_value: float
    difference: float
    """Top-1 of the second minus the first."""
    interval: Interval
    """95 %, whole groups drawn with replacement."""

    @property
    def photos(self) -> int:
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def verdict(self) -> str:
        """In plain words."""
        if self.p_value >= PERHAPS:
            return _("the difference could be chance")
        text = (
            _("the second is better, and that is real")
            if self.difference > 0
            else _("the first is better, and that is real")
        )
        if self.p_value < REAL:
            return text
        return _("the second is probably better") if self.difference > 0 else _("the first is probably better")


def compare(first: Path, second: Path, photos: tuple[Photo, ...], root: Path) -> Comparison:
    """Both on the same photos. Raises UsageError where they have other classes, and as `evaluate` does."""
    known = [{label.key for label in Classifier.open(path).card.labels} for path in (first, second)]
    if other := sorted(known[0] ^ known[1]):
        todo = _("compare models that were trained on the same classes")
        raise UsageError(
            _("two models of the same classes"), _("a difference in {names}").format(names=", ".join(other)), todo
        )
    one, two = evaluate(first, photos), evaluate(second, photos)
    a, b = one.probabilities.argmax(1) == one.truth, two.probabilities.argmax(1) == two.truth
    only_first, only_second = int((a & ~b).sum()), int((b & ~a).sum())
    groups, gain = groups_of(one.photos, root), b.astype(np.int64) - a
    return Comparison(
        both=int((a & b).sum()),
        only_first=only_first,
        only_second=only_second,
        neither=int((~a & ~b).sum()),
        p_value=by_chance(gain, groups),
        difference=float(gain.mean()),
        interval=_interval(gain, groups),
    )


def by_chance(gain: NDArray[np.int64], groups: Sequence[object]) -> float:
    """How probable a sum at least as far from 0 as that of (N,) gains of -1, 0 or 1 is, if a fair coin gives each group
    its sign, as photos of one group err together: exact, and two-sided.

    Where each photo is a group of its own, it is McNemar's exact test (1947, doi:10.1007/BF02295996).
    """
    places = np.unique([str(group) for group in groups], return_inverse=True)[1]
    sums = np.bincount(places, weights=gain).astype(int)
    chances = np.ones(1)
    for size in np.abs(sums[sums != 0]):
        coin = np.zeros(2 * size + 1)
        coin[[0, -1]] = 0.5
        chances = np.convolve(chances, coin)
    far = np.abs(np.arange(len(chances)) - len(chances) // 2) >= abs(sums.sum())
    return float(min(1.0, chances[far].sum()))


def _interval(gain: NDArray[np.int64], groups: Sequence[object]) -> Interval:
    """Where every draw gives the same, by Wilson's interval of so many groups."""
    weights = drawn_weights(groups, np.random.default_rng(0), DRAWS)
    low, high = np.percentile((weights @ gain) / weights.sum(1), [2.5, 97.5])
    if low < high:
        return float(low), float(high)
    least, most = wilson(abs(float(low)), len({str(group) for group in groups}))
    if low == 0:
        return -most, most
    return (least, most) if low > 0 else (-most, -least)
