"""Leaves a small file that says how the watching goes, for programs that look after many devices."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from edge import __version__
from edge.boot import boot_id
from edge.store.run import utc_text

log = logging.getLogger(__name__)

FILE = "heartbeat.json"
EVERY_S = 30.0
"""3 000 writes of 1 kB a day, none of them synced, wear no card; a dead watcher is noticed within a minute or two."""
LONGEST = 300
"""Characters of an error that are kept."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the watcher is in this moment."""

    frames: int
    frames_missed: int
    sightings: int
    """Of this run, durable."""
    here_now: int
    queue: int
    """Sightings that wait for the disk."""
    sightings_lost: int
    camera: str
    scene: str
    store: str
    board: str
    camera_reopened: int
    board_restarts: int
    messages_waiting: int = 0
    """For people and the broker, while there is no network."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What the file holds, each under its own name."""

    at: str
    """ISO 8601, UTC, by the system's clock."""
    state: Literal["watching", "stopped"]
    started: str
    software: str
    boot_id: str
    pid: int
    restarts: int
    """How often the watcher has been started again since the computer was switched on."""
    watched_s: float
    blind_s: dict[str, float]
    """By reason, of this run."""
    resting_s: dict[str, float]
    """By reason, of this run: paused, outside the hours, saving power."""
    disk_free_mb: int | None
    disk_total_mb: int | None
    temperature_c: float | None
    last_error: dict[str, str] | None
    """`at`, `level` and `text` of the last warning or error of this run."""
    pulse: Pulse
    """Its values stand beside the others."""


class Heartbeat:
    """Writes the file every half minute, whole or not at all; never raises for the disk."""

    def __init__(
        self, data: Path, temperature: Callable[[], float | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._data, self._temperature, self._clock = data, temperature, clock
        self._started, self._boot, self._software = _now(), boot_id(), __version__
        before = read(data)
        same_boot = before is not None and before.get("boot_id") == self._boot
        self._restarts = _whole(before.get("restarts")) + 1 if before is not None and same_boot else 0
        self._watched_s, self._blind_s, self._resting_s = 0.0, dict[str, float](), dict[str, float]()
        self._due_s = 0.0
        self._pulse: Callable[[], Pulse] | None = None
        self._errors = LastError()
        logging.getLogger().addHandler(self._errors)

    def count(self, seconds: float, blind: str | None, rest: str | None = None) -> None:
        """Adds to the seconds at rest or blind, for that reason, or watched."""
        if rest is not None:
            self._resting_s[rest] = self._resting_s.get(rest, 0.0) + seconds
        elif blind is not None:
            self._blind_s[blind] = self._blind_s.get(blind, 0.0) + seconds
        else:
            self._watched_s += seconds

    def beat(self, pulse: Callable[[], Pulse]) -> None:
        """Once in every turn; writes where it is time."""
        self._pulse = pulse
        now_s = self._clock()
        if now_s >= self._due_s:
            self._due_s = now_s + EVERY_S
            self._write("watching")

    def close(self) -> None:
        """The file stays, and says that the watching was stopped."""
        self._write("stopped")
        logging.getLogger().removeHandler(self._errors)

    def _write(self, state: Literal["watching", "stopped"]) -> None:
        if self._pulse is None:  # no turn was ever made
            return
        free: int | None = None
        total: int | None = None
        try:
            usage = shutil.disk_usage(self._data)
            free, total = usage.free // 2**20, usage.total // 2**20
        except OSError as error:
            log.debug("disk not known error=%s", error)
        values = Beat(
            at=_now(),
            state=state,
            started=self._started,
            software=self._software,
            boot_id=self._boot,
            pid=os.getpid(),
            restarts=self._restarts,
            watched_s=round(self._watched_s, 1),
            blind_s=_rounded(self._blind_s),
            resting_s=_rounded(self._resting_s),
            disk_free_mb=free,
            disk_total_mb=total,
            temperature_c=self._temperature(),
            last_error=self._errors.last,
            pulse=self._pulse(),
        )
        plain = asdict(values)
        pulse = plain.pop("pulse")
        part = self._data / f"{FILE}.part"
        try:
            part.write_text(json.dumps(plain | pulse, indent=1) + "\n", "utf-8")
            os.replace(part, self._data / FILE)
        except OSError as error:
            log.debug("no heartbeat error=%s", error)


class LastError(logging.Handler):
    """Remembers the newest warning or error that was logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last: dict[str, str] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()[:LONGEST]
        self.last = {
            "at": utc_text(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname,
            "text": text,
        }


def read(data: Path) -> dict[str, Any] | None:
    """What the file says; None where there is none, or it cannot be read."""
    try:
        values = json.loads((data / FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {reason: round(one, 1) for reason, one in sorted(seconds.items())}


def _now() -> str:
    return utc_text(datetime.now(UTC))


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
