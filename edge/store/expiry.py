"""Which photos go first when room is needed, and which never."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from edge.store.run import local

Turn = Literal["background", "ordinary", "treasured"]
TURNS: tuple[Turn, ...] = ("background", "ordinary", "treasured")
"""`background`: found to be no animal. `treasured`: the first photo of an animal on its day, and the last ones of a
rare animal. Within a turn the oldest go first."""
RARE = 20
"""So many photos of one animal are kept as long as any other can go."""
LOOKED_AT = 200
"""An animal whose photos are rarer than RARE among so many of its newest visits counts as rare: a bound on the work."""
CHUNK = 50
"""Rows looked at together: some milliseconds on a Pi, so that a sighting never waits for it."""

Place = tuple[float, int]
START: Place = (-1e18, 0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A photo that may go."""

    id: str
    """The sighting's."""
    path: str
    bytes: int
    """With its further photos."""
    photos: int
    """How many there are, with the further ones."""
    label: str
    """As known now."""
    taken_at: float
    """When the sighting began, unix seconds."""
    turn: Turn


class Queue:
    """Photos that may go, in their order, from one place on; reads a bounded number of rows at once.

    Only those of closed sightings that no person ever judged. Between two chunks others may be written and deleted.
    """

    def __init__(self, turn: Turn | None, before: float | None = None) -> None:
        """Of that turn only, or of all; begun before that instant only (unix seconds), or whenever."""
        self._turn, self._before = turn, before
        role = {"background": "truth_role = 'background'", None: "1"}.get(turn, "truth_role != 'background'")
        self._query = _CHUNK.format(role=role)
        self._place = START
        self.looked_at = 0
        """Rows so far."""
        self.over = False
        """Nothing comes after its place now; set it back to see whether something came since."""

    def chunk(self, db: sqlite3.Connection) -> list[Candidate]:
        """The next ones, perhaps none although there are more later: see `over`. Raises sqlite3.Error."""
        before = 1e18 if self._before is None else self._before
        rows = db.execute(self._query, (*self._place, before, CHUNK)).fetchall()
        self.over = len(rows) < CHUNK
        self.looked_at += len(rows)
        if rows:
            self._place = (rows[-1][0], rows[-1][1])
        found, rare = [], dict[str, bool]()
        for first_at, _rowid, id, label, role, path, size, photos, closed, judged in rows:
            if path is not None and closed and not judged:
                turn = turn_of(db, label, role, first_at, rare)
                if self._turn in (None, turn):
                    found.append(Candidate(id, path, size, photos, label, first_at, turn))
        return found


_CHUNK = """
SELECT s.first_at, s.rowid, s.id, s.truth, s.truth_role, p.path,
  coalesce(p.bytes, 0) + coalesce((SELECT sum(bytes) FROM further_photos WHERE sighting_id = s.id), 0),
  1 + (SELECT count(*) FROM further_photos WHERE sighting_id = s.id), s.closed,
  EXISTS (SELECT 1 FROM verdicts WHERE sighting_id = s.id)
FROM (SELECT rowid, * FROM sightings WHERE {role} AND (first_at, rowid) > (?, ?) AND first_at < ?
  ORDER BY first_at, rowid LIMIT ?) s LEFT JOIN photos p ON p.sighting_id = s.id ORDER BY s.first_at, s.rowid
"""


def turn_of(db: sqlite3.Connection, label: str, role: str, first_at: float, rare: dict[str, bool]) -> Turn:
    """As things are now; `rare` keeps what was found out about labels. Raises sqlite3.Error."""
    if role == "background":
        return "background"
    zone = db.execute("SELECT timezone, utc_offset_s FROM runs ORDER BY rowid DESC LIMIT 1").fetchone()
    day = local(datetime.fromtimestamp(first_at, UTC), zone[0], zone[1]).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    earlier = db.execute(_EARLIER_THAT_DAY, (label, day.timestamp(), first_at)).fetchone()
    if earlier is None:
        return "treasured"
    if label not in rare:
        rare[label] = db.execute(_PHOTOS_LEFT, (label, LOOKED_AT, RARE + 1)).fetchone()[0] <= RARE
    return "treasured" if rare[label] else "ordinary"


_EARLIER_THAT_DAY = """
SELECT 1 FROM sightings s JOIN photos p ON p.sighting_id = s.id
WHERE s.truth = ? AND s.first_at >= ? AND s.first_at < ? AND p.path IS NOT NULL LIMIT 1
"""
_PHOTOS_LEFT = """
SELECT count(*) FROM (SELECT 1 FROM (SELECT id FROM sightings WHERE truth = ? ORDER BY first_at DESC LIMIT ?) s
  JOIN photos p ON p.sighting_id = s.id WHERE p.path IS NOT NULL LIMIT ?)
"""


def still_has_its_turn(db: sqlite3.Connection, one: Candidate) -> bool:
    """False where others went since it was chosen, so that it is now one of the last of its kind."""
    return one.turn != "ordinary" or turn_of(db, one.label, "", one.taken_at, {}) == "ordinary"


def all_candidates(db: sqlite3.Connection) -> Iterator[Candidate]:
    """All that may go, the oldest first, each with its turn as things are now. Raises sqlite3.Error."""
    every = Queue(None)
    while not every.over:
        yield from every.chunk(db)


def oldest_kept(now: datetime, max_age_days: float | None) -> datetime | None:
    """Photos of sightings that began before this are too old; None where age does not matter."""
    return None if max_age_days is None else now - timedelta(days=max_age_days)
