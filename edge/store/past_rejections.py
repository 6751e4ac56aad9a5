"""What became no sighting, as it was kept."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from edge.records import Box, Receipt
from edge.store.run import local


@dataclass(frozen=True, slots=True)
class PastRejection:
    """One thing that was followed but not counted."""

    id: str
    source: str
    first_seen: datetime
    """In the site's zone; corrected, where an untrusted clock was corrected later."""
    last_seen: datetime
    reason: str
    label: str
    box: Box
    receipt: Receipt
    picture: bytes | None
    """A small JPEG."""
    number: int
    """Grows with each."""


def past_rejections(
    db: sqlite3.Connection, before: int | None = None, most: int | None = None
) -> Iterator[PastRejection]:
    """Newest first, those of a smaller number than `before`; there are never more than some thousand.

    Raises sqlite3.Error, and ValueError for a damaged row.
    """
    for row in db.execute(_ALL, (2**62 if before is None else before, -1 if most is None else most)):
        yield PastRejection(
            id=row["id"],
            source=row["source"],
            first_seen=_instant(row, "first"),
            last_seen=_instant(row, "last"),
            reason=row["reason"],
            label=row["label"],
            box=Box(row["box_x"], row["box_y"], row["box_w"], row["box_h"]),
            receipt=as_receipt(row["receipt"]),
            picture=row["picture"],
            number=row["number"],
        )


def picture_of(db: sqlite3.Connection, id: str) -> bytes | None:
    """The small JPEG of that one; None where there is none. Raises sqlite3.Error."""
    found = db.execute("SELECT picture FROM rejections WHERE id = ?", (id,)).fetchone()
    return found[0] if found else None


def as_receipt(text: str) -> Receipt:
    """Raises ValueError where it is damaged."""
    values: dict[str, Any] = json.loads(text)
    return Receipt(values["looks"], values["votes"], values["reason"], values["details"])


_ALL = """
SELECT j.*, r.source, r.timezone, r.utc_offset_s,
  CASE WHEN j.first_tick_s >= r.trusted_tick_s THEN NULL ELSE r.tick_zero_at END AS tick_zero_at
FROM rejections j JOIN runs r ON r.id = j.run_id WHERE j.number < ? ORDER BY j.number DESC LIMIT ?
"""


def _instant(row: sqlite3.Row, which: str) -> datetime:
    if row["tick_zero_at"] is None:
        wall = datetime.fromisoformat(row[f"{which}_seen"])
    else:
        wall = datetime.fromtimestamp(row["tick_zero_at"] + row[f"{which}_tick_s"], UTC)
    return local(wall, row["timezone"], row["utc_offset_s"])
