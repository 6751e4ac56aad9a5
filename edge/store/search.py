"""Walks along an index for the sightings that fit, for as long as a visitor waits."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass, replace
from typing import Any

from edge.store.filter import Filter, terms

SEARCH_S = 0.06
"""How long one page is searched for. A filter that few sightings meet then says how far it has looked, and goes on
from there when asked: no question takes longer than any other."""
_LOOK_AT_CLOCK = 256
"""Rows between two looks at the time; some tenths of a millisecond."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the order of sightings: newest first, then the later row."""

    first_at: float
    number: int

    def __str__(self) -> str:
        return f"{self.first_at!r}_{self.number}"

    @classmethod
    def parse(cls, text: str) -> Mark | None:
        """None for what is no mark."""
        first_at, _, number = text.partition("_")
        try:
            mark = cls(float(first_at), int(number))
        except ValueError:
            return None
        return mark if abs(mark.first_at) < 1e11 and 0 <= mark.number < 2**62 else None


@dataclass(frozen=True, slots=True)
class Found:
    """What a walk came upon."""

    sightings: list[tuple[str, Mark]]
    """Ids with their places."""
    last: Mark | None
    """The last place that was looked at."""
    is_time_up: bool


def search(
    db: sqlite3.Connection, wanted: Filter, most: int, after: Mark | None, *, newer: bool, search_s: float
) -> Found:
    """At most so many that come after that place, on the way to newer ones or to older ones. Raises sqlite3.Error."""
    index, quick, slow = _split(wanted)
    if after is not None:
        quick[f"(first_at, rowid) {'>' if newer else '<'} (?, ?)"] = [after.first_at, after.number]
    order = "first_at, rowid" if newer else "first_at DESC, rowid DESC"
    query = (
        f"SELECT id, first_at, rowid, {' AND '.join(slow) or '1'} FROM sightings INDEXED BY {index}"
        f" WHERE {' AND '.join(quick) or '1'} ORDER BY {order}"
    )
    values = [value for part in (slow, quick) for own in part.values() for value in own]
    until = time.monotonic() + search_s
    found: list[tuple[str, Mark]] = []
    mark: Mark | None = None
    for count, (id, first_at, number, fits) in enumerate(db.execute(query, values), 1):
        mark = Mark(first_at, number)
        if fits:
            found.append((id, mark))
            if len(found) == most:
                return Found(found, mark, False)
        if count % _LOOK_AT_CLOCK == 0 and time.monotonic() > until:
            return Found(found, mark, True)
    return Found(found, mark, False)


def _split(wanted: Filter) -> tuple[str, dict[str, list[Any]], dict[str, list[Any]]]:
    """The index to walk along, what it answers by itself, and what each row has to be asked."""
    asked = terms(replace(wanted, limit=None))
    quick = {term: own for term, own in asked.items() if term.startswith("first_at")}
    if "truth = ?" in asked:
        index, key = "sightings_truth", {"truth = ?": asked["truth = ?"]}
    elif "truth_role = ?" in asked:
        index, key = "sightings_role", {"truth_role = ?": asked["truth_role = ?"]}
    elif wanted.judged in ("yes", "agrees", "differs"):
        index, key = "sightings_judged", {"verdict IS NOT NULL": []}
    else:
        index, key = "sightings_first", {}
    quick = key | quick
    return index, quick, {term: own for term, own in asked.items() if term not in quick}
