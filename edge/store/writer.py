"""The one thread that writes: photo first, then the row."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from edge.records import Moment, Shot
from edge.settings import StoreSettings
from edge.store import rows
from edge.store.clock import ClockCorrection, trust_clock
from edge.store.condition import RETRY_EVERY_S, Condition
from edge.store.connection import Connection
from edge.store.effort import write_down
from edge.store.faults import DiskError, is_of_the_disk
from edge.store.further import FurtherPhotos
from edge.store.inbox import Entry
from edge.store.photo_record import PhotoRecord
from edge.store.photos import Photos
from edge.store.rejections import add as add_rejections
from edge.store.reserve import Reserve
from edge.store.retention import Retention
from edge.store.rows import Missing, PhotoRow
from edge.store.run import Run
from edge.store.sweep import Sweep
from edge.store.trays import Trays

log = logging.getLogger(__name__)

# A power cut loses at most this much of the record of effort; more often would only wear the card.
EFFORT_EVERY_S = 60.0
# How soon a quiet writer looks at the time.
_IDLE_S = 1.0


@dataclass(slots=True)
class _Kept:
    """The photo of a sighting that is still open."""

    number: int = 0
    path: str | None = None


class Writer:
    """Owns the database while its thread runs. Other threads may read its public values, each written whole."""

    def __init__(self, data: Path, run: Run, settings: StoreSettings, trays: Trays) -> None:
        """Where the database asks for it, the photos are swept, bit by bit, whenever nothing waits."""
        self.rows = 0
        self.last_row: datetime | None = None
        self.lost = 0
        self.condition = Condition(data, Reserve(data, settings.reserve_mb))
        self.thread = threading.Thread(target=self._write_until_stopped, name="store", daemon=True)
        self._data, self._run = data, run
        self._inbox, self._effort, self._rejected = trays.inbox, trays.effort, trays.rejected
        self._photos = Photos(data, settings.jpeg_quality)
        self._further = FurtherPhotos(trays.further, self._photos, run)
        self._sweep, self._correction = Sweep(data), ClockCorrection()
        self._retention = Retention(data, settings.retention)
        self._trust_from: Moment | None = None
        self._told_to_trust = run.clock != "untrusted"
        self._connection = Connection(data, run)
        self._kept: dict[str, _Kept] = {}
        self._effort_due = time.monotonic() + EFFORT_EVERY_S

    @property
    def photos_stopped(self) -> bool:
        """No room is left that may be made; see Retention."""
        return self._retention.missing is not None

    def trust_clock(self, moment: Moment) -> None:
        """Only the first call counts. May be called from another thread; the writing follows."""
        if not self._told_to_trust:
            self._told_to_trust, self._trust_from = True, moment

    def _write_until_stopped(self) -> None:
        self.condition.check(self._touch_run)
        while not (self._inbox.stopping and len(self._inbox) == 0):
            entry = self._inbox.take(0.0 if self._did_a_chore() else _IDLE_S)
            if self.condition.recover(self._touch_run) in ("read_only", "failing"):  # which lets go of no file either
                self._attempt(lambda: self._sweep.again(self._database()))
            if entry is not None:
                self._write_or_keep(entry)
            if self._trust_from is not None and self.condition.state == "ok":
                self._attempt(self._trust_clock)
            if time.monotonic() >= self._effort_due:
                self._effort_due = time.monotonic() + EFFORT_EVERY_S
                self._attempt(self._write_effort)
        self._attempt(self._write_effort)
        self._write_rejections()
        if self.condition.state == "ok":
            self._attempt(lambda: self._further.finish(self._database(), self._retention.missing is None))
        self._attempt(self._trust_clock)
        self._attempt(self._end_run)
        self._connection.drop()

    def _write_or_keep(self, entry: Entry) -> None:
        """On the disk; or first in the queue again; or, where the entry itself is at fault, named and given up."""
        while True:
            try:
                self._write(entry)
            except DiskError as error:
                of_disk = not isinstance(error, sqlite3.Error) or is_of_the_disk(error)
                if of_disk and self._degrade(error):
                    continue
                if of_disk and not self._inbox.stopping:
                    self._inbox.give_back(entry)
                    self._inbox.wait_for_stop(RETRY_EVERY_S)
                    return
                self._give_up(entry)
            except Exception:  # the thread's door: one bad entry must not end the record
                self._give_up(entry)
            self._inbox.done()
            return

    def _write(self, entry: Entry) -> None:
        sighting = entry.sighting
        kept = self._kept.get(sighting.id, _Kept())
        row = self._photo_row(entry, kept)
        try:
            rows.save(self._database(), self._run.id, sighting, "left" if entry.closes else None, row, entry.notices)
        except BaseException:
            if row is not None and row.photo is not None:
                self._photos.remove(row.photo.path)
            raise
        if row is not None and (row.photo is not None or entry.withheld):
            if kept.path is not None:
                self._photos.remove(kept.path)
            self._kept[sighting.id] = _Kept(row.number, row.photo.path if row.photo else None)
        if entry.closes:
            self._kept.pop(sighting.id, None)
        self.rows += entry.opens
        self.last_row = sighting.last_seen.wall

    def _photo_row(self, entry: Entry, kept: _Kept) -> PhotoRow | None:
        """The new photo, durable; why there is none; or None where the row's photo stays as it is."""
        missing: Missing | None = "disk_slow" if entry.shot_lost else None
        if entry.shot is not None:
            taken = self.condition.missing or self._retention.missing or self._take(entry, entry.shot, kept.number + 1)
            if isinstance(taken, PhotoRow):
                return taken
            missing = taken
        elif entry.withheld:
            return PhotoRow(kept.number, None, "withheld", None, entry.sighting.box_moment)
        if missing is None or kept.path is not None:
            return None
        return PhotoRow(kept.number, None, missing, None, entry.sighting.box_moment)

    def _take(self, entry: Entry, shot: Shot, number: int) -> PhotoRow | Missing:
        record = PhotoRecord(self._run, entry.sighting, number, shot.moment)
        try:
            photo = self._photos.write(shot.image, record)
        except OSError as error:
            self._degrade(error)
            return self.condition.missing or "disk_failing"
        except ValueError as error:
            log.warning("photo cannot be made sighting=%s error=%s", entry.sighting.id, error)
            return "broken"
        return PhotoRow(number, photo, None, shot.box, shot.moment)

    def _write_effort(self) -> None:
        write_down(self._database(), self._run, self._effort)

    def _write_rejections(self) -> None:
        """Dropped where the disk is not well, or has no room to spare."""
        rejections = self._rejected.take()
        if not rejections or self.condition.state != "ok":
            return
        try:
            add_rejections(self._database(), self._run.id, rejections)
        except DiskError as error:
            self._degrade(error)

    def _end_run(self) -> None:
        for removals in (self._photos.removals, self._retention.removals):
            removals.sync()  # nobody looks for leftovers after a run that ended as it should
        rows.end_run(self._database(), self._run)
        self._database().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _touch_run(self) -> None:
        """A row that changes nothing, to see whether rows can be written. Raises sqlite3.Error."""
        try:
            with rows.transaction(self._database()):
                self._database().execute("UPDATE runs SET end_reason = NULL WHERE id = ?", (self._run.id,))
        except sqlite3.Error as error:
            if not self._began_anew(error):
                raise

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except DiskError as error:
            if self._degrade(error):
                self._attempt(work)

    def _trust_clock(self) -> None:
        if self._trust_from is not None:
            trust_clock(self._database(), self._run, self._trust_from)
            self._trust_from, self._correction = None, ClockCorrection()

    def _did_a_chore(self) -> bool:
        """A piece of what can wait; False when there is none, or other things come first."""
        if self.condition.state not in ("ok", "disk_full") or self._inbox.stopping or len(self._inbox) > 0:
            return False
        try:
            if self.condition.state == "disk_full":
                return self._retention.step(self._database(), None, disk_full=True)
            self._write_rejections()
            db = self._database()
            goes_on = self._further.step(db, self._retention.missing is None) or self._correction.step(db)
            return goes_on or self._sweep.step(db) or self._retention.step(db, self._time())
        except DiskError as error:
            self._degrade(error)
            return False

    def _time(self) -> datetime | None:
        """The last moment of the watching, where its clock can be trusted."""
        trusted = self._told_to_trust and self._trust_from is None
        return self._effort.last if trusted else None

    def _give_up(self, entry: Entry) -> None:
        log.exception("sighting lost id=%s label=%s", entry.sighting.id, entry.sighting.label)
        self.lost += 1

    def _degrade(self, error: OSError | sqlite3.Error) -> bool:
        if isinstance(error, sqlite3.Error):
            self._connection.drop()
            if self._began_anew(error):
                return True
        return self.condition.degrade(error)

    def _began_anew(self, error: sqlite3.Error) -> bool:
        """Whether there is a new database, in place of one that was spoilt."""
        still_open = [kept.path for kept in self._kept.values() if kept.path is not None]
        if not self._connection.began_anew(error, still_open):
            return False
        self._sweep, self._correction = Sweep(self._data), ClockCorrection()
        return True

    def _database(self) -> sqlite3.Connection:
        return self._connection.database()
