"""Visits and effort of gardens by hour of day and by day, as each garden's own clock showed them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any

import psycopg

from edge.hub.wanted import scope
from edge.store.counts import HOURS, Counts, LabelCount, Slot, days_between
from edge.store.effort import SLICE_S


def counts_between(
    db: psycopg.Connection[Any], garden: str | None, since: datetime | None, until: datetime | None, zone: tzinfo
) -> Counts:
    """Both ends count in whole quarters of an hour; None means from the first or to the last. Raises psycopg.Error."""
    begin, end = _bounds(db, garden, since, until)
    where, values = scope(garden)
    span = [*values, datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC)]
    hours, days = tuple(Slot() for _ in range(HOURS)), days_between(begin, end, zone)
    for one in db.execute((_VISITS % where).encode(), span):
        for slot in (hours[one["hour"]], days.setdefault(one["day"], Slot())):
            slot.visits[one["truth_role"]] = slot.visits.get(one["truth_role"], 0) + one["n"]
    for one in db.execute((_EFFORT % where).encode(), span):
        for slot in (hours[one["hour"]], days.setdefault(one["day"], Slot())):
            slot.seconds[one["kind"]] = slot.seconds.get(one["kind"], 0.0) + one["n"]
    labels = [LabelCount(*one.values()) for one in db.execute((_LABELS % where).encode(), span)]
    return Counts(datetime.fromtimestamp(begin, zone), datetime.fromtimestamp(end, zone), tuple(labels), hours, days)


_SEEN = "FROM sightings WHERE %s AND first_seen >= %%s AND first_seen < %%s AND truth_role != 'background'"
_LABELS = (
    f"SELECT truth, truth_role, count(*) AS n {_SEEN} GROUP BY truth, truth_role ORDER BY n DESC, truth, truth_role"
)
_VISITS = (
    "SELECT extract(hour FROM first_local)::integer AS hour, first_local::date AS day, truth_role, count(*) AS n"
    f" {_SEEN} GROUP BY 1, 2, 3"
)
# Seconds count where their middle is.
_EFFORT = """
SELECT extract(hour FROM start_local + half)::integer AS hour, (start_local + half)::date AS day, kind,
  sum(seconds) AS n
FROM (SELECT *, seconds / 2 * interval '1 s' AS half FROM effort WHERE %s) e
WHERE start + half >= %%s AND start + half < %%s GROUP BY 1, 2, 3
"""


def _bounds(
    db: psycopg.Connection[Any], garden: str | None, since: datetime | None, until: datetime | None
) -> tuple[int, int]:
    """Unix seconds."""
    where, values = scope(garden)
    query = (
        "SELECT extract(epoch FROM min(first))::double precision AS first,"
        " extract(epoch FROM max(last))::double precision AS last FROM ("
        f"SELECT min(first_seen) AS first, max(first_seen) AS last FROM sightings WHERE {where}"
        f" UNION ALL SELECT min(start), max(start) FROM effort WHERE {where}) ends"
    )
    found = db.execute(query.encode(), [*values, *values]).fetchone()
    now = datetime.now(UTC).timestamp()
    known = (found["first"], found["last"] + SLICE_S) if found and found["first"] is not None else (now, now)
    first = since.timestamp() if since else known[0]
    last = max(until.timestamp() if until else known[1], first)
    return int(first // SLICE_S * SLICE_S), int(-(-last // SLICE_S) * SLICE_S)
