"""What people say on the hub's own page: appended, beside what they say on a garden's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg

from edge.store.verdicts import Verdict


def append(db: psycopg.Connection[Any], verdicts: Sequence[Verdict]) -> None:
    """In one transaction, of a connection that otherwise only reads. Raises psycopg.Error, with nothing written."""
    ordered = sorted(verdicts, key=lambda one: one.sighting_id)  # as the storing does: neither waits for the other
    values = [
        (one.id, one.sighting_id, one.label, one.role, one.judged_by, _whole_ms(one.judged_at), one.withdraws)
        for one in ordered
    ]
    with db.transaction(), db.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ WRITE")
        cursor.executemany(_APPEND, values)
        cursor.executemany(_COUNTS, [(one.sighting_id,) for one in ordered])


def withdrawals(
    db: psycopg.Connection[Any], judged_at: datetime, judged_by: str, by: str, now: datetime
) -> list[Verdict]:
    """As `edge.store.verdicts.withdrawals`, of what was said here. Raises psycopg.Error."""
    found = db.execute(_STANDING, {"judged_at": _whole_ms(judged_at), "judged_by": judged_by}).fetchall()
    return [Verdict(one["sighting_id"], None, None, by, now, withdraws=one["id"]) for one in found]


def verdicts_of(db: psycopg.Connection[Any], sighting_id: str) -> list[Verdict]:
    """What counts on its garden's page, and all that was said here, by time. Raises psycopg.Error."""
    return [
        Verdict(
            sighting_id,
            one["label"],
            one["role"],
            one["by"] or "",
            one["at"].astimezone(UTC),
            one["id"],
            one["withdraws"],
        )
        for one in db.execute(_OF, {"id": sighting_id}).fetchall()
    ]


def _whole_ms(moment: datetime) -> datetime:
    """As a device keeps it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


_APPEND = """
INSERT INTO verdicts (id, sighting_id, label, role, judged_by, judged_at, withdraws)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING
"""
_COUNTS = """
UPDATE sightings s SET (here_label, here_role, here_by, here_at) = (
  SELECT label, role, judged_by, judged_at FROM standing_verdicts v
  WHERE v.sighting_id = s.id ORDER BY number DESC LIMIT 1)
WHERE id = %s
"""
_STANDING = """
SELECT sighting_id, id FROM standing_verdicts
WHERE judged_at = %(judged_at)s AND judged_by = %(judged_by)s AND label IS NOT NULL ORDER BY number
"""
_OF = """
SELECT id, told_verdict AS label, told_role AS role, told_by AS by, coalesce(told_at, to_timestamp(0)) AS at,
  NULL AS withdraws, 0 AS number FROM sightings WHERE id = %(id)s AND told_verdict IS NOT NULL
UNION ALL SELECT id, label, role, judged_by, judged_at, withdraws, number FROM verdicts WHERE sighting_id = %(id)s
ORDER BY at, number
"""
