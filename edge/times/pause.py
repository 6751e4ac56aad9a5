"""A pause that a person asked for, in a file that the watcher notices."""

from __future__ import annotations

import json
import logging
import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from edge.boot import boot_id
from edge.records import Moment
from edge.store.run import utc_text

log = logging.getLogger(__name__)

FILE = "pause.json"
LOOK_S = 1.0
"""How often it is looked for: one call to the file system."""
USUAL = timedelta(hours=1)
LONGEST = timedelta(days=7)
"""A pause that was forgotten ends by itself."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Nobody watches until then."""

    until: datetime
    boot_id: str | None
    """While the computer has not been switched off since, `until_tick_s` decides, so that a clock that is set
    meanwhile neither shortens nor lengthens the pause. None where a time of the clock was asked for."""
    until_tick_s: float

    @classmethod
    def lasting(cls, span: timedelta) -> Self:
        """From now on; for LONGEST at most."""
        span = min(max(span, timedelta(0)), LONGEST)
        return cls(datetime.now(UTC) + span, boot_id(), time.monotonic() + span.total_seconds())

    @classmethod
    def until_time(cls, wall: datetime) -> Self:
        """Until that instant; for LONGEST at most."""
        return cls(min(wall, datetime.now(UTC) + LONGEST), None, 0.0)

    def left_s(self, now: Moment, this_boot: str) -> float:
        """How long it still lasts; 0 where it is over."""
        if self.boot_id == this_boot:
            return max(self.until_tick_s - now.tick_s, 0.0)
        left_s = (self.until - now.wall).total_seconds()
        return left_s if 0 < left_s <= LONGEST.total_seconds() else 0.0  # more: the clock has jumped back


def ask(data: Path, pause: Pause) -> None:
    """Whole or not at all; the watcher follows within two seconds. Raises OSError."""
    part = data / f"{FILE}.part"
    part.write_text(json.dumps(asdict(pause) | {"until": utc_text(pause.until)}), "utf-8")
    os.replace(part, data / FILE)


def resume(data: Path) -> bool:
    """Ends it; False where there was none. Raises OSError."""
    try:
        (data / FILE).unlink()
    except FileNotFoundError:
        return False
    return True


def read(data: Path) -> Pause | None:
    """None where there is none, or what is there is none."""
    try:
        values = json.loads((data / FILE).read_text("utf-8"))
        until, boot = datetime.fromisoformat(values["until"]), values["boot_id"]
        if until.tzinfo is None or not (boot is None or isinstance(boot, str)):
            raise ValueError("no pause")
        return Pause(until, boot, float(values["until_tick_s"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, OverflowError) as error:
        log.warning("no pause file=%s error=%s", data / FILE, error)
        return None


class PauseFile:
    """For the watcher: the pause as it is now, looked for once a second."""

    def __init__(self, data: Path) -> None:
        self._data, self._boot = data, boot_id()
        self._look_s = float("-inf")
        self._version: int | None = None
        self._pause: Pause | None = None

    def left_s(self, now: Moment) -> float:
        """How long it still lasts; 0 where there is none. Never raises for the disk."""
        if now.tick_s >= self._look_s:
            self._look_s = now.tick_s + LOOK_S
            version = self._changed()
            if version != self._version:
                self._version = version
                self._pause = read(self._data) if version is not None else None
        return self._pause.left_s(now, self._boot) if self._pause else 0.0

    def _changed(self) -> int | None:
        try:
            return (self._data / FILE).stat().st_mtime_ns
        except OSError:
            return None
