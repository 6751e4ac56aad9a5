"""Correcting times that were written under a wrong clock."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from edge.records import Moment
from edge.store.rows import CORRECTED, transaction
from edge.store.run import Run, utc_text
from edge.store.schema import DATABASE, connect, refuse_other

log = logging.getLogger(__name__)

# Rows of one transaction: 1 ms on a PC, 6 ms at worst; a Pi is five to ten times as slow, and 50 ms are the limit.
BATCH = 100


def trust_clock(db: sqlite3.Connection, run: Run, moment: Moment, source: str = "ntp") -> None:
    """From now on each sighting of that boot that began under an untrusted clock shows its true time.

    `source` ("ntp", "phone") knew that it was `moment.wall` at `moment.tick_s`. Ticks don't jump, so one pair corrects
    a whole boot, however often its wall clock was set; what the clock said stays in the rows. What begins in this run
    at that tick or later counts as trusted. The order of lists follows with ClockCorrection. Raises sqlite3.Error.
    """
    tick_zero_at = moment.wall.timestamp() - moment.tick_s
    with transaction(db):
        db.execute(
            "INSERT INTO clock_offsets (boot_id, tick_zero_at, source, recorded) VALUES (?, ?, ?, ?)",
            (run.boot_id, tick_zero_at, source, utc_text(moment.wall)),
        )
        db.execute(
            "UPDATE runs SET tick_zero_at = ? WHERE boot_id = ? AND clock = 'untrusted'", (tick_zero_at, run.boot_id)
        )
        db.execute("UPDATE runs SET trusted_tick_s = ? WHERE id = ?", (moment.tick_s, run.id))
    log.warning("clock trusted source=%s wall=%s tick_s=%.1f", source, utc_text(moment.wall), moment.tick_s)


def take_time(data: Path, boot_id: str, wall: datetime, tick_s: float, source: str) -> None:
    """As `trust_clock`, by another process of that boot: `source` says that it was `wall` (aware) at `tick_s`.

    The system's clock stays wrong: what comes later in these runs is corrected as it is written. Raises sqlite3.Error.
    """
    tick_zero_at = wall.timestamp() - tick_s
    with closing(connect(data / DATABASE)) as db:
        refuse_other(db, data / DATABASE)
        with transaction(db):
            db.execute(
                "INSERT INTO clock_offsets (boot_id, tick_zero_at, source, recorded) VALUES (?, ?, ?, ?)",
                (boot_id, tick_zero_at, source, utc_text(wall)),
            )
            db.execute(
                "UPDATE runs SET tick_zero_at = ? WHERE boot_id = ? AND clock = 'untrusted'", (tick_zero_at, boot_id)
            )
    log.warning("time taken source=%s wall=%s tick_s=%.1f", source, utc_text(wall), tick_s)


class ClockCorrection:
    """Brings `first_at`, by which lists are ordered, in line with the offsets; begins anew after a restart."""

    def __init__(self) -> None:
        self._offset: tuple[int, str] | None = None
        self._runs: list[str] = []
        self._after = 0
        self._over = False

    def step(self, db: sqlite3.Connection) -> bool:
        """At most BATCH rows. False where nothing is left. Raises sqlite3.Error; the next step tries that again."""
        if self._over:
            return False
        if self._offset is None:
            self._begin(db)
        elif self._runs:
            self._correct(db, self._runs[-1])
        else:
            number, boot_id = self._offset
            with transaction(db):
                db.execute("UPDATE clock_offsets SET applied = 1 WHERE boot_id = ? AND number <= ?", (boot_id, number))
            self._offset = None
        return not self._over

    def _begin(self, db: sqlite3.Connection) -> None:
        self._offset = db.execute(
            "SELECT number, boot_id FROM clock_offsets WHERE applied = 0 ORDER BY number DESC LIMIT 1"
        ).fetchone()
        self._over = self._offset is None
        if self._offset is not None:
            runs = db.execute("SELECT id FROM runs WHERE boot_id = ? AND clock = 'untrusted'", self._offset[1:])
            self._runs, self._after = [run for (run,) in runs], 0

    def _correct(self, db: sqlite3.Connection, run: str) -> None:
        chosen = "SELECT rowid FROM sightings WHERE run_id = ? AND rowid > ? ORDER BY rowid LIMIT ?"
        rowids = [rowid for (rowid,) in db.execute(chosen, (run, self._after, BATCH))]
        if not rowids:
            self._runs.pop()
            self._after = 0
            return
        with transaction(db):
            where = "run_id = ? AND sightings.rowid > ? AND sightings.rowid <= ?"
            db.execute(f"{CORRECTED} AND {where}", (run, self._after, rowids[-1]))
        self._after = rowids[-1]
