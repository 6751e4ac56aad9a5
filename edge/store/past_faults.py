"""What went wrong in a period, as far as the record tells."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PastFaults:
    """Counts; a healthy period has none but rejections."""

    crashes: int
    """Runs that ended without a stop: a power cut, or the program died."""
    photos_missing: dict[str, int]
    """Sightings without a photo, by reason."""
    untrusted: int
    """Sightings whose times nobody vouches for: the clock was not set, and was not corrected since."""
    withheld: int
    """Movers as large as a person, of which no picture was kept; parts of one may count, too."""
    strains: dict[str, float]
    """Seconds of too little voltage, or of heat, by kind."""
    rejected: dict[str, int]
    """What was followed and not counted, by reason; only the latest thousands are kept."""


def faults_between(db: sqlite3.Connection, since: datetime, until: datetime) -> PastFaults:
    """Raises sqlite3.Error."""
    span = (since.timestamp(), until.timestamp())
    return PastFaults(
        crashes=int(db.execute(_CRASHES, span).fetchone()[0]),
        photos_missing=dict(db.execute(_MISSING, span).fetchall()),
        untrusted=int(db.execute(_UNTRUSTED, span).fetchone()[0]),
        withheld=int(db.execute(_WITHHELD, span).fetchone()[0]),
        strains=strains_between(db, since, until),
        rejected=dict(db.execute(_REJECTED, span).fetchall()),
    )


def strains_between(db: sqlite3.Connection, since: datetime, until: datetime) -> dict[str, float]:
    """Seconds of too little voltage, or of heat, by kind. Raises sqlite3.Error."""
    return dict(db.execute(_STRAINS, (since.timestamp(), until.timestamp())).fetchall())


_CRASHES = """
SELECT count(*) FROM (SELECT CASE WHEN tick_zero_at IS NULL THEN CAST(strftime('%s', last_alive) AS INTEGER)
  ELSE tick_zero_at + started_tick_s END AS at FROM runs WHERE end_reason = 'crash') WHERE at >= ? AND at < ?
"""
_MISSING = """
SELECT p.missing, count(*) AS many FROM photos p JOIN sightings s ON s.id = p.sighting_id
WHERE p.missing IS NOT NULL AND s.first_at >= ? AND s.first_at < ? GROUP BY p.missing ORDER BY many DESC
"""
_UNTRUSTED = """
SELECT count(*) FROM runs r JOIN sightings s ON s.run_id = r.id
WHERE r.clock = 'untrusted' AND r.tick_zero_at IS NULL AND s.first_at >= ? AND s.first_at < ?
"""
_WITHHELD = """
SELECT coalesce(sum(count), 0) FROM (SELECT w.count, CASE WHEN r.tick_zero_at IS NULL
  THEN CAST(strftime('%s', w.slice_start) AS INTEGER) ELSE r.tick_zero_at + max(w.slice_tick_s, r.started_tick_s) END
  AS at FROM withheld w JOIN runs r ON r.id = w.run_id) WHERE at >= ? AND at < ?
"""
_STRAINS = """
SELECT kind, sum(seconds) FROM (SELECT s.kind, s.seconds, CASE WHEN r.tick_zero_at IS NULL
  THEN CAST(strftime('%s', s.slice_start) AS INTEGER) ELSE r.tick_zero_at + max(s.slice_tick_s, r.started_tick_s) END
  AS at FROM strains s JOIN runs r ON r.id = s.run_id) WHERE at >= ? AND at < ? GROUP BY kind HAVING sum(seconds) > 0
"""
_REJECTED = """
SELECT reason, count(*) AS many FROM (SELECT j.reason, CASE WHEN r.tick_zero_at IS NULL
  THEN CAST(strftime('%s', j.first_seen) AS INTEGER) ELSE r.tick_zero_at + j.first_tick_s END AS at
  FROM rejections j JOIN runs r ON r.id = j.run_id) WHERE at >= ? AND at < ? GROUP BY reason ORDER BY many DESC
"""
