"""When was watched, for how long, and how long it was blind or at rest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from edge.store.effort import RESTS, SLICE_S, WATCHED
from edge.store.run import local, utc_text


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run of the watcher, as it is known now."""

    id: str
    source: str
    model_id: str
    software: str
    started: datetime
    """In the site's zone; corrected, where an untrusted clock was corrected later."""
    ended: datetime
    """The last moment the watcher told of; a run that goes on has a later one soon."""
    clock: str
    """trusted, untrusted, file, or corrected."""
    watched_s: float
    blind_s: dict[str, float]
    """Seconds by reason."""
    rest_s: dict[str, float]
    """Seconds in which nobody meant to watch, by reason."""


# After a rebuild nobody knows when the watcher was last alive; its last sighting tells something of it.
_RUNS = """
SELECT *, max(last_alive, coalesce((SELECT max(last_seen) FROM sightings WHERE run_id = runs.id), '')) AS last_told
FROM runs ORDER BY rowid
"""


def past_runs(db: sqlite3.Connection) -> Iterator[PastRun]:
    """Oldest first. Raises sqlite3.Error, and ValueError for a damaged row."""
    for row in db.execute(_RUNS).fetchall():
        efforts = db.execute("SELECT kind, sum(seconds) FROM effort WHERE run_id = ? GROUP BY kind", (row["id"],))
        seconds = {kind: float(total) for kind, total in efforts}
        started, ended = datetime.fromisoformat(row["started"]), datetime.fromisoformat(row["last_told"])
        clock = row["clock"]
        if row["tick_zero_at"] is not None:
            true_start = datetime.fromtimestamp(row["tick_zero_at"] + row["started_tick_s"], UTC)
            # once the clock was set within the run, its last moment was told by the right clock
            late = timedelta(0) if row["trusted_tick_s"] is not None else true_start - started
            started, ended, clock = true_start, ended + late, "corrected"
        zone = (row["timezone"], row["utc_offset_s"])
        yield PastRun(
            id=row["id"],
            source=row["source"],
            model_id=row["model_id"],
            software=row["software"],
            started=local(started, *zone),
            ended=local(max(ended, started), *zone),
            clock=clock,
            watched_s=seconds.pop(WATCHED, 0.0),
            rest_s={kind: seconds.pop(kind) for kind in sorted(RESTS & seconds.keys())},
            blind_s=seconds,
        )


# A slice begins when its first second of any kind was told, so its neighbours are fetched, too.
_SLICES = """
SELECT e.run_id, e.kind, e.seconds, e.slice_tick_s, r.tick_zero_at,
  min(e.slice_start) OVER (PARTITION BY e.run_id, e.slice_tick_s) AS begun
FROM effort e JOIN runs r ON r.id = e.run_id
WHERE r.tick_zero_at IS NULL AND e.slice_start >= :since_text AND e.slice_start < :until_text
UNION ALL
SELECT e.run_id, e.kind, e.seconds, e.slice_tick_s, r.tick_zero_at, NULL
FROM runs r JOIN effort e ON e.run_id = r.id
WHERE r.tick_zero_at IS NOT NULL
  AND e.slice_tick_s > :since - r.tick_zero_at AND e.slice_tick_s < :until - r.tick_zero_at
"""


def effort_between(db: sqlite3.Connection, since: datetime, until: datetime) -> dict[str, float]:
    """Seconds by kind of the slices that touch that span. Raises sqlite3.Error, ValueError."""
    wide = timedelta(seconds=2 * SLICE_S)
    values = {
        "since_text": utc_text(since - wide),
        "until_text": utc_text(until + wide),
        "since": since.timestamp() - SLICE_S,
        "until": until.timestamp(),
    }
    total: dict[str, float] = {}
    for row in db.execute(_SLICES, values):
        if row["tick_zero_at"] is None:
            start = datetime.fromisoformat(row["begun"])
        else:
            start = datetime.fromtimestamp(row["tick_zero_at"] + row["slice_tick_s"], UTC)
        if start < until and start + timedelta(seconds=SLICE_S) > since:
            total[row["kind"]] = total.get(row["kind"], 0.0) + row["seconds"]
    return total
