"""How often people agreed with the machine, by model and label."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from edge.model.labels import UNKNOWN


@dataclass(slots=True)
class Judged:
    """What people said of the sightings that one model gave one label."""

    model_id: str
    label: str
    """The machine's."""
    right: int = 0
    instead: dict[str, int] = field(default_factory=dict)
    """What people said where they disagreed; the most frequent first."""
    undecided: int = 0
    """People said `unknown`: neither right nor wrong."""

    @property
    def judged(self) -> int:
        return self.right + sum(self.instead.values())


def judged_between(db: sqlite3.Connection, since: datetime, until: datetime) -> list[Judged]:
    """By model and label, the most judged first; the latest verdict of a sighting counts. Raises sqlite3.Error."""
    found: dict[tuple[str, str], Judged] = {}
    for model_id, label, verdict, count in db.execute(_JUDGED, (since.timestamp(), until.timestamp())):
        one = found.setdefault((model_id, label), Judged(model_id, label))
        if verdict == label:
            one.right += count
        elif verdict == UNKNOWN:
            one.undecided += count
        else:
            one.instead[verdict] = count
    return sorted(found.values(), key=lambda one: (-one.judged, one.model_id, one.label))


_JUDGED = """
SELECT r.model_id, s.label, s.verdict, count(*) AS many FROM sightings s JOIN runs r ON r.id = s.run_id
WHERE s.verdict IS NOT NULL AND s.first_at >= ? AND s.first_at < ? GROUP BY 1, 2, 3 ORDER BY many DESC, s.verdict
"""


def best_photos(
    db: sqlite3.Connection, label: str, since: datetime, until: datetime, most: int
) -> Iterator[tuple[str, str]]:
    """Id and photo of sightings of that label: what a person confirmed, then what is large and sure, goes first.

    Reads all sightings of the label in that time. Raises sqlite3.Error.
    """
    for id, path in db.execute(_BEST, (label, since.timestamp(), until.timestamp(), most)):
        yield str(id), str(path)


# Beyond 200 pixels square a picture does not get better on a page.
_BEST = """
SELECT s.id, p.path FROM sightings s JOIN photos p ON p.sighting_id = s.id
WHERE s.truth = ? AND s.first_at >= ? AND s.first_at < ? AND p.path IS NOT NULL
ORDER BY s.verdict IS NULL, s.confidence * min(1.0, p.width * p.height / 40000.0) DESC LIMIT ?
"""
