"""The run that goes on, or the last one there was."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from edge.store.run import local


@dataclass(frozen=True, slots=True)
class LatestRun:
    """The run that goes on, or the last one."""

    source: str
    model_id: str
    software: str
    started: datetime
    """In the site's zone, corrected."""
    last_alive: datetime
    ended: str | None
    """stop or crash; None while it runs."""
    clock: str
    """trusted, untrusted, file, or corrected."""
    boot_id: str
    tick_zero_at: float | None
    """Unix seconds of tick 0 by a corrected clock."""
    set_since: bool
    """A time source has set the clock while it ran."""


def latest_run(db: sqlite3.Connection) -> LatestRun | None:
    """None before the first run. Raises sqlite3.Error."""
    row = db.execute("SELECT * FROM runs ORDER BY rowid DESC LIMIT 1").fetchone()
    return None if row is None else _as_run(row)


def _as_run(row: sqlite3.Row) -> LatestRun:
    started, clock = datetime.fromisoformat(row["started"]), row["clock"]
    alive = datetime.fromisoformat(row["last_alive"])
    if row["tick_zero_at"] is not None:
        true_start = datetime.fromtimestamp(row["tick_zero_at"] + row["started_tick_s"], UTC)
        if row["trusted_tick_s"] is None:
            alive += true_start - started
        started, clock = true_start, "corrected"
    zone = (row["timezone"], row["utc_offset_s"])
    return LatestRun(
        source=row["source"],
        model_id=row["model_id"],
        software=row["software"],
        started=local(started, *zone),
        last_alive=local(max(alive, started), *zone),
        ended=row["end_reason"],
        clock=clock,
        boot_id=row["boot_id"],
        tick_zero_at=row["tick_zero_at"],
        set_since=row["trusted_tick_s"] is not None,
    )
