"""How each garden is, with its present day."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import DictRow

from edge.store.garden_state import GardenState
from edge.store.run import local


def states(db: psycopg.Connection[Any]) -> list[GardenState]:
    """All of them, by name. Raises psycopg.Error."""
    return [_state(one) for one in db.execute(_GARDENS).fetchall()]


_GARDENS = """
SELECT g.*, last.id, last.first_seen, today.visits, watched.seconds FROM gardens g
CROSS JOIN LATERAL (SELECT date_trunc('day', now() AT TIME ZONE 'UTC' + g.utc_offset_s * interval '1 s')
  AT TIME ZONE 'UTC' - g.utc_offset_s * interval '1 s' AS midnight) day
LEFT JOIN LATERAL (SELECT id, first_seen FROM sightings s WHERE s.garden = g.garden AND truth_role != 'background'
  ORDER BY first_seen DESC LIMIT 1) last ON true
CROSS JOIN LATERAL (SELECT count(*) AS visits FROM sightings s WHERE s.garden = g.garden
  AND truth_role != 'background' AND s.first_seen >= day.midnight) today
CROSS JOIN LATERAL (SELECT coalesce(sum(seconds), 0) AS seconds FROM effort e WHERE e.garden = g.garden
  AND kind = 'watched' AND e.start >= day.midnight) watched
ORDER BY g.garden
"""


def _state(one: DictRow) -> GardenState:
    zone = (one["timezone"], one["utc_offset_s"])
    well = None if one["online"] is None else bool(one["online"]) and bool((one["health"] or {}).get("well", True))
    return GardenState(
        name=one["garden"],
        well=well,
        online=one["online"],
        last_heard=local(one["last_heard"], *zone),
        last_id=one["id"],
        last_seen=None if one["first_seen"] is None else local(one["first_seen"], *zone),
        visits=one["visits"],
        watched_s=float(one["seconds"]),
        waiting=int((one["health"] or {}).get("waiting", 0)),
    )
