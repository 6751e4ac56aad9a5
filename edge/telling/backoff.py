"""How long to wait after a failure, before the next attempt."""

from __future__ import annotations

import random

FIRST_S = 1.0
MOST_S = 600.0
"""A network that comes back after days is noticed within ten minutes, and a card and a server can bear that."""


class Backoff:
    """Twice as long after each failure, less a random part: two hundred gardens must not come back in one second."""

    def __init__(self, chance: random.Random | None = None, most_s: float = MOST_S) -> None:
        self._most_s = most_s
        self._chance = chance or random.Random()
        self.failures = 0
        """In a row."""

    def next_s(self) -> float:
        """After one more failure: between half and all of the doubled time."""
        whole = min(self._most_s, FIRST_S * 2.0 ** min(self.failures, 20))
        self.failures += 1
        return whole * self._chance.uniform(0.5, 1.0)

    def reset(self) -> None:
        self.failures = 0
