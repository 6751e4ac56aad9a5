"""Correcting times that were written under a wrong clock."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from edge.store.rows import transaction
from edge.store.run import utc_text
from edge.store.schema import DATABASE, connect, refuse_other


def correct_clock(data: Path, boot_id: str, true_wall: datetime, tick_s: float, source: str) -> None:
    """From now on every sighting of that boot with an untrusted clock shows its true time: past ones and coming ones.

    `tick_s` is the monotonic second at which somebody (`source`: "ntp", "phone") knew that it was `true_wall`.
    Ticks don't jump, so one pair corrects a whole boot, however often its wall clock was set. What the clock said
    stays in the rows. Raises sqlite3.Error.
    """
    values = (boot_id, true_wall.timestamp() - tick_s, source, utc_text(true_wall))
    with closing(connect(data / DATABASE)) as db:
        refuse_other(db, data / DATABASE)
        with transaction(db):
            db.execute(
                "INSERT INTO clock_offsets (boot_id, tick_zero_at, source, recorded) VALUES (?, ?, ?, ?)", values
            )
