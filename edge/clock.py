"""What time it is."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from edge.records import Moment
from edge.time_source import trust as trust  # asked for as clock.trust()

log = logging.getLogger(__name__)

JUMP_S = 2.0
"""A clock that is kept is slewed by half a millisecond a second; what is set differs by more."""
ASK_S = 1.0
"""How often the kernel is asked while the clock was never trusted."""


def _since_boot() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()


class SteadyClock:
    """The system's clock; once it was trusted, it does not follow what is set without a time source.

    Who sets a clock by hand (`date`, a program gone wrong) makes the kernel say that no source keeps it: until one does
    again, the time runs on by itself. A jump that comes with a source is true.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
        since_boot: Callable[[], float] = _since_boot,
        trusted: Callable[[], bool] = lambda: trust() == "trusted",
    ) -> None:
        """`since_boot` counts the time that the computer slept, too; ticks do not."""
        self._wall, self._ticks, self._since_boot, self._trusted = wall, ticks, since_boot, trusted
        self._booted_s: float | None = None
        """When the computer was switched on by the wall, as last known to be right."""
        self._ask_s = 0.0
        self._alone = False

    def now(self) -> Moment:
        """May be called from several threads."""
        wall_s, tick_s, since_boot_s = self._wall(), self._ticks(), self._since_boot()
        booted_s, known_s = wall_s - since_boot_s, self._booted_s
        if known_s is None:
            if tick_s >= self._ask_s:
                self._ask_s = tick_s + ASK_S
                self._booted_s = booted_s if self._trusted() else None
        elif abs(booted_s - known_s) < JUMP_S or self._trusted():
            self._booted_s = booted_s
            self._tell(False, booted_s - known_s)
        else:
            wall_s = known_s + since_boot_s
            self._tell(True, booted_s - known_s)
        return Moment(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=wall_s), tick_s, None)

    def _tell(self, alone: bool, seconds: float) -> None:
        if alone != self._alone:
            self._alone = alone
            told = (
                f"jumped without a time source by_s={seconds:.0f}; its jump is not followed" if alone else "kept again"
            )
            log.warning("clock %s", told)


now = SteadyClock().now
"""The moment of this process."""
