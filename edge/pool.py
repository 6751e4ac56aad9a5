"""Combines the looks at one animal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.model.labels import Label

ALIKE = 0.55
"""How alike the looks at one animal are: the intraclass correlation of the log odds, measured as 0.53 to 0.60 on 724
looks at 20 animals. However many there are, they are worth two independent ones."""
FLOOR = 0.01
"""No look may rule a label out for good."""
CRAWLERS = frozenset({"slug", "snail", "caterpillar", "earthworm"})
"""Keys of labels that neither fly nor jump nor run. What comes in faster than they can is none of them: a falling
leaf, which a network takes for a slug as soon as it lies still."""


class _Told(NamedTuple):
    """What the looks tell together."""

    looks: int
    too_fast: bool
    animal: float
    votes: Mapping[str, float]


class Pool:
    """The looks so far. `too_fast` says each time that it came in faster than a crawler can.

    Whether it is an animal: the sum rule, the weighted mean of the probabilities, which suffers least from single
    wrong ones (Kittler, Hatef, Duin, Matas 1998, On combining classifiers). Which animal: the logarithmic pool, the
    weighted mean of the log probabilities (Genest, Zidek 1986, Combining probability distributions), times the number
    of looks that they are worth, n / (1 + (n - 1) r), since looks at one animal are alike (Kish 1965, design effect).
    """

    def __init__(self, labels: Sequence[Label]) -> None:
        self._keys = [label.key for label in labels]
        crawlers = np.array([key in CRAWLERS for key in self._keys])
        self._ground = np.array([label.role == "background" for label in labels])
        self._animals, self._quick = ~self._ground, ~self._ground & ~crawlers
        self.looks = 0
        self._total, self._logs = np.zeros(len(labels)), np.zeros(len(labels))
        self._log_weight = 0.0
        self._shows = 0.0  # how many looks showed an animal
        self._familiar = 0.0
        self._last: _Told | None = None

    def add(self, probabilities: NDArray[np.float64], weight: float, too_fast: bool, familiarity: float = 1.0) -> float:
        """Takes in one look; returns how much of it speaks for an animal."""
        animal = self.share(probabilities, too_fast)
        self.looks += 1
        self._total += weight * probabilities
        self._logs += weight * animal * np.log(np.maximum(probabilities / max(animal, FLOOR), FLOOR))
        self._log_weight += weight * animal
        self._shows += animal
        self._familiar += weight * animal * familiarity
        return animal

    @property
    def familiarity(self) -> float:
        """Weighted mean over the looks, as far as they show an animal; 1 before the first."""
        return self._familiar / self._log_weight if self._log_weight > 0 else 1.0

    def animal(self, too_fast: bool) -> float:
        """Probability that it is an animal at all, 0 to 1; 0 before the first look.

        One look at nothing is added to those taken, so that few looks must be surer than many (additive smoothing).
        """
        return self._told(too_fast).animal

    def votes(self, too_fast: bool) -> Mapping[str, float]:
        """Probability of each label given that it is an animal, largest first."""
        return self._told(too_fast).votes

    def share(self, values: NDArray[np.float64], too_fast: bool) -> float:
        """How much of that speaks for an animal.

        What is said for a crawler that it cannot be speaks half against: the network saw no ground either.
        """
        animals, ground = float(values[self.alive(too_fast)].sum()), float(values[self._ground].sum())
        told = animals + ground + 0.5 * (float(values.sum()) - animals - ground)
        return animals / max(told, 1e-9)

    def alive(self, too_fast: bool) -> NDArray[np.bool_]:
        """Which labels are animals that it can be."""
        return self._quick if too_fast else self._animals

    def _told(self, too_fast: bool) -> _Told:
        """Asked several times in each frame; worked out anew only after a further look."""
        if self._last is None or self._last[:2] != (self.looks, too_fast):
            few = self.looks / (self.looks + 1)
            animal = self.share(self._total, too_fast) * few if self.looks else 0.0
            self._last = _Told(self.looks, too_fast, animal, self._combined(self.alive(too_fast)))
        return self._last

    def _combined(self, alive: NDArray[np.bool_]) -> dict[str, float]:
        worth = self._shows / (1 + max(self._shows - 1, 0) * ALIKE)
        heights = worth * self._logs / max(self._log_weight, 1e-9)
        shares = np.exp(heights - heights[alive].max(initial=-np.inf)) * alive
        shares /= max(float(shares.sum()), 1e-9)
        votes = {key: float(p) for key, p, a in zip(self._keys, shares, alive, strict=True) if a}
        return dict(sorted(votes.items(), key=lambda vote: -vote[1]))
