"""Why nobody watches now: a pause, the hours, or a rest to save power."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from edge import clock
from edge.records import Moment
from edge.settings import Config
from edge.times.hours import Hours
from edge.times.pause import PauseFile
from edge.times.settings import DutySettings

log = logging.getLogger(__name__)

Reason = Literal["paused", "off_hours", "duty_cycle"]
"""Kinds of effort, too: neither watched nor blind."""
CLOCK_S = 60.0
"""How often a clock that nobody has set is asked whether it was."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Nobody watches, until then."""

    reason: Reason
    until: datetime | None
    """None where nobody knows: no hours come within a year."""


class Times:
    """Says of each moment whether it is one to rest. A pause counts first, then the hours, then the duty cycle."""

    def __init__(self, hours: Hours, duty: DutySettings | None, pause: PauseFile, trusted: bool) -> None:
        """`trusted`: the clock is right. Until it is, the hours are not followed: rather too much is watched than
        nothing on the wrong hours."""
        self._hours, self._duty, self._pause = hours, duty, pause
        self._trusted, self._ask_s = trusted, float("-inf")
        self._began_s: float | None = None

    @classmethod
    def of(cls, settings: Config) -> Times:
        """As the configuration says. Raises ConfigError where the sun is asked for and the place is missing."""
        times = settings.times
        return cls(Hours(times.watch, settings.site), times.duty, PauseFile(settings.data), trusted=False)

    def rest(self, now: Moment) -> Rest | None:
        """None: it is watched."""
        if self._began_s is None:
            self._began_s = now.tick_s
        if left_s := self._pause.left_s(now):
            return Rest("paused", now.wall + timedelta(seconds=left_s))
        if not self._hours.include(now.wall) and self._may_trust_the_clock(now.tick_s):
            return Rest("off_hours", self._hours.next_start(now.wall))
        if self._duty is not None:
            every_s = 60 * self._duty.every_minutes
            into_s = (now.tick_s - self._began_s) % every_s
            if into_s >= 60 * self._duty.watch_minutes:
                return Rest("duty_cycle", now.wall + timedelta(seconds=every_s - into_s))
        return None

    def _may_trust_the_clock(self, tick_s: float) -> bool:
        if not self._trusted and tick_s >= self._ask_s:
            self._ask_s = tick_s + CLOCK_S
            self._trusted = clock.trust() == "trusted"
            if not self._trusted:
                log.warning("hours are not followed: no time source has set the clock")
        return self._trusted
