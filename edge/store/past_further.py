"""The further photos of a visit, as they are kept."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from edge.records import Box
from edge.store.photos import path_of_further
from edge.store.run import local


@dataclass(frozen=True, slots=True)
class FurtherPhoto:
    """One of them."""

    number: int
    path: str
    """Relative to the data folder, with forward slashes."""
    box: Box
    """The animal in source pixels."""
    size: tuple[int, int]
    """Width and height of the picture."""
    taken: datetime
    """In the site's zone, corrected."""


def past_further(db: sqlite3.Connection, sighting_id: str) -> list[FurtherPhoto]:
    """In the order in which they were taken. Raises sqlite3.Error, and ValueError for a damaged row."""
    return [
        FurtherPhoto(
            number=row["number"],
            path=path_of_further(sighting_id, row["number"]),
            box=Box(row["box_x"], row["box_y"], row["box_w"], row["box_h"]),
            size=(row["width"], row["height"]),
            taken=_instant(row),
        )
        for row in db.execute(_OF, (sighting_id,))
    ]


_OF = """
SELECT f.*, r.timezone, r.utc_offset_s,
  CASE WHEN s.first_tick_s >= r.trusted_tick_s THEN NULL ELSE r.tick_zero_at END AS tick_zero_at
FROM further_photos f JOIN sightings s ON s.id = f.sighting_id JOIN runs r ON r.id = s.run_id
WHERE f.sighting_id = ? ORDER BY f.number
"""


def _instant(row: sqlite3.Row) -> datetime:
    if row["tick_zero_at"] is None:
        wall = datetime.fromisoformat(row["taken"])
    else:
        wall = datetime.fromtimestamp(row["tick_zero_at"] + row["taken_tick_s"], UTC)
    return local(wall, row["timezone"], row["utc_offset_s"])
