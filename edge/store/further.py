"""Further photos of a visit: written when nothing else waits, and gone with its best photo."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from edge.records import Moment, Shot, Sighting
from edge.store.photo_record import PhotoRecord
from edge.store.photos import Photo, Photos, path_of_further
from edge.store.rows import box_values, insert, moment_values, transaction
from edge.store.run import Run

log = logging.getLogger(__name__)

MOST_BYTES = 8 * 1024 * 1024
"""Pictures that wait for the disk: some two hundred of 100 pixels. The oldest are given up first."""
LAST_S = 0.5
"""For how long the end of a run is delayed for them; a stop has to be over in two seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """One that is still to be written."""

    sighting: Sighting
    number: int
    shot: Shot


class FurtherLog:
    """Takes from the loop without waiting; the writer fetches one by one when nothing else is to be done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Waiting] = deque()
        self._bytes = 0

    def put(self, sighting: Sighting, shots: Sequence[Shot]) -> None:
        with self._lock:
            for number, shot in enumerate(shots, start=1):
                self._waiting.append(Waiting(sighting, number, shot))
                self._bytes += shot.image.nbytes
            while self._bytes > MOST_BYTES:
                self._bytes -= self._waiting.popleft().shot.image.nbytes

    def take(self) -> Waiting | None:
        """The oldest; None where none waits."""
        with self._lock:
            if not self._waiting:
                return None
            one = self._waiting.popleft()
            self._bytes -= one.shot.image.nbytes
            return one


class FurtherPhotos:
    """Writes what waits: photo first, then its row."""

    def __init__(self, waiting: FurtherLog, photos: Photos, run: Run) -> None:
        self._waiting, self._photos, self._run = waiting, photos, run

    def step(self, db: sqlite3.Connection, may_keep: bool = True) -> bool:
        """One of them; False where none waits. One that may not or cannot be kept is given up.

        Raises OSError, sqlite3.Error.
        """
        one = self._waiting.take()
        if one is None or not may_keep:
            return one is not None
        own = replace(one.sighting, box=one.shot.box, box_moment=one.shot.moment)
        try:
            photo = self._photos.write(one.shot.image, PhotoRecord(self._run, own, one.number, one.shot.moment), True)
        except ValueError as error:
            log.warning("further photo cannot be made sighting=%s error=%s", own.id, error)
            return True
        kept = False
        try:
            kept = add(db, own, one.number, photo, one.shot.moment)
        finally:
            if not kept:
                self._photos.remove(photo.path)
        return True

    def finish(self, db: sqlite3.Connection, may_keep: bool = True) -> None:
        """As many as there is time for. Raises as `step`."""
        until = time.monotonic() + LAST_S
        while time.monotonic() < until and self.step(db, may_keep):
            pass


def add(db: sqlite3.Connection, sighting: Sighting, number: int, photo: Photo, taken: Moment) -> bool:
    """Writes the row of one, with the animal where `sighting.box` says. Raises sqlite3.Error.

    False, and no row, where the visit's best photo is gone meanwhile.
    """
    best = "SELECT 1 FROM photos WHERE sighting_id = ? AND path IS NOT NULL"
    with transaction(db):
        if db.execute(best, (sighting.id,)).fetchone() is None:
            return False
        values = {
            "sighting_id": sighting.id,
            "number": number,
            **{name: getattr(photo, name) for name in ("sha256", "width", "height", "bytes")},
            **box_values(sighting.box),
            **moment_values(taken, "taken", "taken"),
        }
        insert(db, "further_photos", values, "ON CONFLICT DO NOTHING")
    return True


def drop(db: sqlite3.Connection, sighting_id: str) -> list[str]:
    """Removes the rows, within a transaction; returns the paths of the files, which are the caller's to delete."""
    found = db.execute("DELETE FROM further_photos WHERE sighting_id = ? RETURNING number", (sighting_id,)).fetchall()
    return [path_of_further(sighting_id, number) for (number,) in found]
