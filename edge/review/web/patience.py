"""Makes guessing passwords slow."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

FREE = 5
"""Wrong tries without a wait: a child types wrongly more than once."""
FIRST_S, LONGEST_S = 2.0, 300.0
"""The wait doubles with each further wrong try: 300 a day at most, which a password of eight letters outlives."""
FREE_FOR_ALL = 50
"""The same over all addresses together, so that a room full of computers cannot guess faster."""
REMEMBERED = 1000
"""Addresses; the oldest are forgotten first."""
EVERYBODY = "*"


class Patience:
    """Counts tries; each counts as wrong until it turned out to be right."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Asks for one more try: 0 where it may be made now, which is counted; else the seconds to wait."""
        now = self._clock()
        with self._lock:
            pairs = ((address, FREE), (EVERYBODY, FREE_FOR_ALL))
            wait = max(self._tries.get(who, (0, 0.0))[1] - now for who, _free in pairs)
            if wait > 0:
                return wait
            for who, free in pairs:
                count = self._tries.pop(who, (0, 0.0))[0] + 1
                late = min(FIRST_S * 2.0 ** min(count - free, 20), LONGEST_S) if count >= free else 0.0
                self._tries[who] = (count, now + late)
            while len(self._tries) > REMEMBERED:
                self._tries.popitem(last=False)
            return 0.0

    def was_right(self, address: str) -> None:
        """Forgets that address's wrong tries."""
        with self._lock:
            self._tries.pop(address, None)
            self._tries.pop(EVERYBODY, None)
