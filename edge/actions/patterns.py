"""How the lamp can shine: patterns that the turns of the loop step through."""

from __future__ import annotations

import math
from typing import Literal

Steps = tuple[tuple[bool, float], ...]
"""Lit or dark, for so many seconds; from the start again after the last."""
PatternName = Literal["steady", "fast", "slow", "one_flash", "two_flashes", "three_flashes", "one_long"]

SHORT_S = 0.5
"""Twice the longest turn of the loop: every flash is seen, and can be counted by eye."""
FLASH: Steps = ((True, SHORT_S), (False, SHORT_S))


def flashes(number: int, pause_s: float) -> Steps:
    return FLASH * number + ((False, pause_s),)


def code(number: int) -> Steps:
    """One long light, then the number in short ones; the long one tells where to begin counting."""
    return ((True, 2.0), (False, 1.0), *flashes(number, 2.5))


PATTERNS: dict[PatternName, Steps] = {
    "steady": ((True, math.inf),),
    "fast": FLASH,
    "slow": ((True, 2.0), (False, 2.0)),
    "one_flash": flashes(1, 9.0),
    "two_flashes": flashes(2, 3.0),
    "three_flashes": flashes(3, 3.0),
    "one_long": ((True, 2.0), (False, 8.0)),
}


class Player:
    """Steps through a pattern, at most one step per turn: a slow turn makes a flash longer, and never skips one."""

    def __init__(self, steps: Steps) -> None:
        self._steps, self._index = steps, 0
        self._since_s: float | None = None
        self.rounds = 0
        """How often it has come to its end."""

    @property
    def on(self) -> bool:
        return self._steps[self._index][0]

    def turn(self, tick_s: float) -> None:
        """The first turn begins the first step."""
        if self._since_s is None:
            self._since_s = tick_s
        elif tick_s - self._since_s >= self._steps[self._index][1] - 1e-6:  # ticks of a film are rounded
            self._since_s = tick_s
            self._index = (self._index + 1) % len(self._steps)
            self.rounds += self._index == 0
