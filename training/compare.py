"""Says whether the difference between two models is real."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from pathlib import Path

import numpy as np

from training.assessment import groups_of
from training.bootstrap import DRAWS, Interval, drawn_weights
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
    one, two = evaluate(first, photos), evaluate(second, photos)
    if set(one.figures.labels) != set(two.figures.labels):
        other = sorted(set(one.figures.labels) ^ set(two.figures.labels))
        todo = _("compare models that were trained on the same classes")
        raise UsageError(
            _("two models of the same classes"), _("a difference in {names}").format(names=", ".join(other)), todo
        )
    a, b = one.probabilities.argmax(1) == one.truth, two.probabilities.argmax(1) == two.truth
    only_first, only_second = int((a & ~b).sum()), int((b & ~a).sum())
    weights = drawn_weights(groups_of(one.photos, root), np.random.default_rng(0), DRAWS)
    drawn = (weights @ (b.astype(float) - a)) / weights.sum(1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Comparison(
        both=int((a & b).sum()),
        only_first=only_first,
        only_second=only_second,
        neither=int((~a & ~b).sum()),
        p_value=exact_mcnemar(only_first, only_second),
        difference=float(b.mean() - a.mean()),
        interval=(float(low), float(high)),
    )


def exact_mcnemar(only_first: int, only_second: int) -> float:
    """The probability that a fair coin, thrown once per photo on which they differ, falls at least as unevenly
    (McNemar 1947, exact by the binomial distribution, two-sided)."""
    throws, fewer = only_first + only_second, min(only_first, only_second)
    tail = sum(comb(throws, k) for k in range(fewer + 1))
    return float(min(1.0, 2 * tail / 2**throws))
