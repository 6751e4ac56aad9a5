"""Makes room for new photos: in small steps, while the garden is watched."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import time
from datetime import datetime
from pathlib import Path

from edge.settings import RetentionSettings
from edge.store.durable import Removals
from edge.store.expiry import RARE, Candidate, Queue, oldest_kept, still_has_its_turn
from edge.store.further import drop
from edge.store.photos import FOLDER, FURTHER_NAME, NAME
from edge.store.rows import Missing, transaction

log = logging.getLogger(__name__)

CHECK_S = 60.0
"""How often the disk is asked while there is room."""
FULL_S = 5.0
"""How often some photos go while the disk says that it is full although it shows room (a quota, or no inodes left)."""
AGE_CHECK_S = 3600.0
BATCH = 4
"""Visits of one transaction whose photos go."""
MOST_OF_DISK = 10
"""At most a tenth of the disk is kept free, so that a small card is no use lost."""
_MB = 1024 * 1024


def room_kept_bytes(data: Path, settings: RetentionSettings) -> int:
    """How much stays free on the disk of that folder. Raises OSError."""
    return min(settings.free_mb * _MB, shutil.disk_usage(data).total // MOST_OF_DISK)


class Retention:
    """Deletes photos that are too old, or as many as room is needed for; each row says `expired` then. The further
    photos of a visit go with its best.

    What a person judged is never deleted. When nothing else is left, `missing` says why no new photo may be written;
    counting goes on.
    """

    def __init__(self, data: Path, settings: RetentionSettings) -> None:
        self.missing: Missing | None = None
        self.deleted = 0
        self.removals = Removals()
        self._data, self._settings = data, settings
        self._due_s = self._age_due_s = 0.0
        self._background, self._treasured = Queue("background"), Queue("treasured")
        self._ordinary = _Ordinary()
        self._making_room = False
        self._aged: Queue | None = None
        self._waiting: list[Candidate] = []
        self._old: list[Candidate] = []

    def step(self, db: sqlite3.Connection, now: datetime | None, disk_full: bool = False) -> bool:
        """Some milliseconds of work; False where there is nothing more to do now.

        `now` is the time if it can be trusted, else None: a clock that jumps must not make photos old. `disk_full`:
        the disk has refused to take something. Raises OSError, sqlite3.Error.
        """
        if now is not None and self._step_of_age(db, now):
            return True
        if self._settings.free_mb == 0 or time.monotonic() < self._due_s:
            return False
        free = shutil.disk_usage(self._data).free
        lacking = free < room_kept_bytes(self._data, self._settings)
        if not (lacking or disk_full):
            self._have_room()
            return False
        if not self._making_room:
            log.warning("room is made for photos free_mb=%d", free // _MB)
            self._making_room = True
            self._background, self._treasured = Queue("background"), Queue("treasured")
            self._ordinary.begin()
        if self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            self._expire(db, batch)
            self._due_s = 0.0 if lacking else time.monotonic() + FULL_S
            return lacking
        return self._choose(db, lacking)

    def _choose(self, db: sqlite3.Connection, lacking: bool) -> bool:
        """The next ones that may go; False where nothing is left in any turn."""
        if not self._background.over:
            self._waiting = self._background.chunk(db)
        elif self._ordinary.goes_on():
            self._waiting = self._ordinary.chunk(db)
        elif not self._treasured.over:
            self._waiting = self._treasured.chunk(db)
        else:
            self._nothing_left(lacking)
            return False
        return True

    def _nothing_left(self, lacking: bool) -> None:
        if lacking and self.missing is None:
            log.warning("no room for new photos: only judged ones are left")
            self.missing = "disk_full"
        self._background, self._treasured = Queue("background"), Queue("treasured")
        self._ordinary.begin()
        self._due_s = time.monotonic() + CHECK_S

    def _have_room(self) -> None:
        if self._making_room:
            log.warning("there is room for photos deleted=%d", self.deleted)
            self._ordinary.left = [one for one in self._waiting if one.turn == "ordinary"]
        self._making_room, self.missing, self._waiting = False, None, []
        self._due_s = time.monotonic() + CHECK_S

    def _step_of_age(self, db: sqlite3.Connection, now: datetime) -> bool:
        before = oldest_kept(now, self._settings.max_age_days)
        if before is None or (self._aged is None and time.monotonic() < self._age_due_s):
            return False
        if self._aged is None:
            self._aged = Queue(None, before.timestamp())
        if not self._old and not self._aged.over:
            self._old = self._aged.chunk(db)
        batch, self._old = self._old[:BATCH], self._old[BATCH:]
        self._expire(db, batch, too_old=True)
        if self._aged.over and not self._old:
            self._aged, self._age_due_s = None, time.monotonic() + AGE_CHECK_S
        return self._aged is not None

    def _expire(self, db: sqlite3.Connection, batch: list[Candidate], too_old: bool = False) -> None:
        """Rows first: a row never names a photo that is gone. What cannot be deleted is named and left."""
        if not batch:
            return
        gone = []
        with transaction(db):
            for one in batch:
                may_go = too_old or still_has_its_turn(db, one)
                if may_go and db.execute(_EXPIRED, (one.id, one.path)).rowcount:
                    gone += [one.path, *drop(db, one.id)]
                    self.deleted += 1
        for path in gone:
            folder, _slash, name = path.rpartition("/")
            if (NAME.fullmatch(name) or FURTHER_NAME.fullmatch(name)) and folder == f"{FOLDER}/{name[:2]}":
                self.removals.remove(self._data / path)
            if (self._data / path).exists():
                log.warning("photo cannot be deleted path=%s", path)


class _Ordinary:
    """The turn of most photos. Goes on where it was when room was last made, so that what has gone long ago is not
    looked through again and again; but all of it is, before a treasured photo goes."""

    def __init__(self) -> None:
        self.queue = Queue("ordinary")
        self.left: list[Candidate] = []
        """Chosen, but there was room before they went."""
        self._began_now = True
        self._whole_at: int | None = None

    def begin(self) -> None:
        """Room is needed anew."""
        self.queue.over, self._began_now = False, False

    def goes_on(self) -> bool:
        """False where none is left."""
        if self.left or not self.queue.over:
            return True
        if self._began_now:
            self._whole_at = self.queue.looked_at
            return False
        if self._whole_at is not None and self.queue.looked_at - self._whole_at < RARE:
            return False  # too few came since to make a rare animal a common one
        self.queue, self._began_now, self._whole_at = Queue("ordinary"), True, None
        return True

    def chunk(self, db: sqlite3.Connection) -> list[Candidate]:
        left, self.left = self.left, []
        return left or self.queue.chunk(db)


# Not one that was judged, or replaced, since it was chosen.
_EXPIRED = """
UPDATE photos SET path = NULL, sha256 = NULL, width = NULL, height = NULL, bytes = NULL, missing = 'expired'
WHERE sighting_id = ? AND path = ? AND NOT EXISTS (SELECT 1 FROM verdicts WHERE sighting_id = photos.sighting_id)
"""
