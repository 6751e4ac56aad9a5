"""A sighting of the hub's database as the page knows it."""

from __future__ import annotations

from datetime import UTC, datetime

from psycopg.rows import DictRow

from edge.records import Box
from edge.store.reading import Row
from edge.store.run import local
from edge.store.search import Mark

SELECT = """
SELECT s.*, p.path, p.width, p.height FROM sightings s LEFT JOIN photos p ON p.sighting_id = s.id
"""


def as_row(one: DictRow) -> Row:
    """Of SELECT; all moments by the clock of its garden."""
    zone = (one["timezone"], one["utc_offset_s"])
    first, photo = local(one["first_seen"], *zone), one["path"]
    return Row(
        id=one["id"],
        source=one["source"],
        first_seen=first,
        last_seen=local(one["last_seen"], *zone),
        first_seen_s=None,
        last_seen_s=None,
        decided_s=None,
        label=one["label"],
        role=one["role"],
        confidence=one["confidence"],
        box=Box(one["box_x"], one["box_y"], one["box_w"], one["box_h"]),
        box_s=None,
        photo=photo,
        photo_missing=None if photo else one["photo_missing"],
        model_id=one["model"],
        verdict=one["verdict"],
        closed=one["closed"],
        clock=one["clock"],
        run_id=one["run"],
        truth=one["truth"],
        truth_role=one["truth_role"],
        judged_by=one["judged_by"] if one["verdict"] else None,
        judged_at=utc(one["judged_at"]) if one["verdict"] else None,
        photo_taken=first if photo else None,
        photo_size=(one["width"], one["height"]) if photo else None,
        garden=one["garden"],
    )


def mark_of(one: DictRow) -> Mark:
    """Its place in the order of sightings."""
    return Mark(one["first_seen"].timestamp(), one["place"])


def utc(moment: datetime | None) -> datetime:
    """The year 1970 where nobody knows."""
    return datetime.fromtimestamp(0, UTC) if moment is None else moment.astimezone(UTC)
