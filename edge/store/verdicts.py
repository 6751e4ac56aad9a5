"""What people say of a sighting: appended, never changed."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from edge.store.durable import append_durably
from edge.store.rows import transaction
from edge.store.run import utc_text
from edge.store.schema import DATABASE, connect, refuse_other

JOURNAL = "verdicts.jsonl"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement of one person. The latest of a sighting counts that nobody took back.

    A None label takes one back: the one that it names, else all before it.
    """

    sighting_id: str
    label: str | None
    role: str | None
    """The label's role, as known when it was judged."""
    judged_by: str
    judged_at: datetime
    """Aware."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    withdraws: str | None = None
    """The id of the verdict that is taken back."""


def append_verdicts(data: Path, verdicts: Sequence[Verdict]) -> None:
    """Writes rows and journal lines. Raises OSError or sqlite3.Error, with no row written then.

    The journal comes before the commit: a verdict that is seen is always in both.
    """
    lines = "".join(json.dumps(_values(verdict)) + "\n" for verdict in verdicts)
    with closing(connect(data / DATABASE)) as db:
        refuse_other(db, data / DATABASE)
        with transaction(db):
            db.executemany(INSERT, [_values(verdict) for verdict in verdicts])
            append_durably(data / JOURNAL, lines.encode("ascii"))


def read_journal(data: Path) -> Iterator[Verdict | None]:
    """Each verdict in its order; None for a line that cannot be read, such as one torn by a power cut."""
    try:
        lines = (data / JOURNAL).read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            values = json.loads(line)
            values["judged_at"] = datetime.fromisoformat(values["judged_at"])
            yield Verdict(**values)
        except (ValueError, TypeError, KeyError, RecursionError):
            yield None


INSERT = (
    "INSERT INTO verdicts (id, sighting_id, label, role, judged_by, judged_at, withdraws)"
    " VALUES (:id, :sighting_id, :label, :role, :judged_by, :judged_at, :withdraws) ON CONFLICT (id) DO NOTHING"
)


def _values(verdict: Verdict) -> dict[str, str | None]:
    return asdict(verdict) | {"judged_at": utc_text(verdict.judged_at)}


def verdicts_of(db: sqlite3.Connection, sighting_id: str) -> list[Verdict]:
    """All that people said of that sighting, the first one first. Raises sqlite3.Error, ValueError."""
    query = (
        "SELECT label, role, judged_by, judged_at, id, withdraws FROM verdicts WHERE sighting_id = ? ORDER BY number"
    )
    return [
        Verdict(sighting_id, label, role, by, datetime.fromisoformat(at), id, withdraws)
        for label, role, by, at, id, withdraws in db.execute(query, (sighting_id,))
    ]


def withdrawals(data: Path, judged_at: datetime, judged_by: str, by: str, now: datetime) -> list[Verdict]:
    """What has to be appended so that nothing counts any more that this person judged at that time.

    What was said before it or since then counts as if it had not been. Raises sqlite3.Error.
    """
    with closing(connect(data / DATABASE)) as db:
        found = db.execute(_STANDING, {"judged_at": utc_text(judged_at), "judged_by": judged_by}).fetchall()
    return [Verdict(sighting_id, None, None, by, now, withdraws=id) for sighting_id, id in found]


_STANDING = """
SELECT sighting_id, id FROM standing_verdicts
WHERE judged_at = :judged_at AND judged_by = :judged_by AND label IS NOT NULL ORDER BY number
"""
