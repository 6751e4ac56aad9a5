"""Which sightings need a person's word: what the machine did not know, was not sure of, or saw for the first time."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from edge.model.labels import UNKNOWN

Why = Literal["first", "unknown", "close"]
MANY = 1000
"""So far is counted: who has a thousand before them need not know how many more."""

# The terms of the index sightings_in_doubt, as its migration writes them: or it would not be used.
_IN_DOUBT = (
    "FROM sightings INDEXED BY sightings_in_doubt"
    " WHERE verdict IS NULL AND closed = 1 AND role != 'background' AND (label = 'unknown' OR margin < 0.3)"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One sighting that waits for a person."""

    id: str
    why: Why
    """The first of its class; the machine did not know; two labels were close."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The next ones, and how many there are."""

    next: list[Call]
    left: int
    """At most MANY and the firsts."""


def calls(db: sqlite3.Connection, labels: Collection[str], skipped: Collection[str], most: int) -> Calls:
    """First the first ones of each of those labels, then doubtful ones, newest first; ids that begin as one of
    `skipped` later. Raises sqlite3.Error."""
    firsts = [call for label in labels if (call := _first(db, label)) is not None]
    others = db.execute(f"SELECT id, label {_IN_DOUBT} ORDER BY first_at DESC LIMIT ?", (most + len(skipped),))
    known = {call.id for call in firsts}
    doubtful = [Call(id, "unknown" if label == UNKNOWN else "close") for id, label in others if id not in known]
    waiting = [call for call in [*firsts, *doubtful] if not call.id.startswith(tuple(skipped))]
    (count,) = db.execute(f"SELECT count(*) FROM (SELECT 1 {_IN_DOUBT} LIMIT ?)", (MANY,)).fetchone()
    return Calls(waiting[:most], count + len(firsts))


def _first(db: sqlite3.Connection, label: str) -> Call | None:
    """The oldest of a class, where nobody has judged it and it is not in doubt anyway."""
    if label in (UNKNOWN, "background"):
        return None
    found = db.execute(
        "SELECT id, verdict IS NULL AND closed = 1 AND role != 'background' AND NOT coalesce(margin < 0.3, 0)"
        " FROM sightings INDEXED BY sightings_truth WHERE truth = ? ORDER BY first_at LIMIT 1",
        (label,),
    ).fetchone()
    return Call(found[0], "first") if found and found[1] else None
