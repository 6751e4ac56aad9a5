"""The database made anew from photos and the journal of verdicts."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from edge.errors import UsageError
from edge.store.durable import remove, sync_folder
from edge.store.lock import FolderLock
from edge.store.rows import transaction
from edge.store.run import utc_text
from edge.store.schema import DATABASE, connect, migrate
from edge.store.sweep import Tally, sweep
from edge.store.verdicts import INSERT, read_journal

log = logging.getLogger(__name__)

# What only the database knew.
NOT_RESTORED = (
    "when an animal left (last_seen is what was known when its photo was written)",
    "sightings without a photo",
    "photos that were deleted, withheld or expired, beside the sightings that had them",
    "seconds watched and blind",
    "corrections of an untrusted clock",
)


@dataclass(frozen=True, slots=True)
class Report:
    """What a rebuild brought back, and what it could not."""

    sightings: int
    verdicts: int
    unreadable: tuple[str, ...]
    """Photos that are broken or carry no record; they stay where they are."""
    unreadable_verdicts: int
    orphan_verdicts: int
    """Verdicts on sightings that are not there; kept."""
    set_aside: Path | None
    """Where the earlier database is now."""
    not_restored: tuple[str, ...] = NOT_RESTORED


def rebuild(data: Path) -> Report:
    """Makes the database anew; an existing one is set aside, never overwritten.

    Raises UsageError where there is no such folder, StoreError while a watcher uses it, OSError, sqlite3.Error.
    """
    if not data.is_dir():
        raise UsageError(f"a data folder at {data}", "no such folder", "name the folder of `gardenwatch run`")
    lock = FolderLock(data)
    try:
        return rebuild_locked(data)
    finally:
        lock.release()


def rebuild_locked(data: Path) -> Report:
    """As `rebuild`, for who holds the folder's lock already."""
    new = data / f"{DATABASE}.rebuilding"
    for leftover in _files_of(new):
        remove(leftover)
    tally = Tally()
    with closing(connect(new)) as db:
        db.execute("PRAGMA synchronous = OFF")  # a half-made file is simply made again
        migrate(db, new)
        for _ in sweep(lambda: db, data, tally):
            pass
        verdicts = list(read_journal(data))
        readable = [asdict(v) | {"judged_at": utc_text(v.judged_at)} for v in verdicts if v is not None]
        with transaction(db):
            db.executemany(INSERT, readable)
        orphans = _count(db, "verdicts WHERE sighting_id NOT IN (SELECT id FROM sightings)")
        restored = _count(db, "verdicts")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    aside = _set_aside(data)
    os.replace(new, data / DATABASE)
    sync_folder(data)
    report = Report(tally.adopted, restored, tuple(tally.unreadable), len(verdicts) - len(readable), orphans, aside)
    log.warning("database rebuilt sightings=%d verdicts=%d set_aside=%s", report.sightings, restored, aside)
    return report


def _set_aside(data: Path) -> Path | None:
    if not (data / DATABASE).exists():
        return None
    number = 1
    while (aside := data / f"{DATABASE}.aside-{number}").exists():
        number += 1
    for old, name in zip(_files_of(data / DATABASE), _files_of(aside), strict=True):
        if old.exists():
            os.replace(old, name)
    return aside


def _files_of(database: Path) -> list[Path]:
    """The database, its write-ahead log and its index belong together."""
    return [database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))]


def _count(db: sqlite3.Connection, what: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {what}").fetchone()[0])
