"""The database made anew from photos and the journal of verdicts."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from edge.errors import UsageError
from edge.language import N_, _
from edge.store.lock import FolderLock
from edge.store.photos import FOLDER
from edge.store.rows import SWEEP_ALL, transaction
from edge.store.run import utc_text
from edge.store.schema import DATABASE, connect, migrate
from edge.store.sweep import Sweep
from edge.store.verdicts import INSERT, JOURNAL, read_journal

# What only the database knew.
NOT_RESTORED = (
    N_("when an animal left (last_seen is what was known when its photo was written)"),
    N_("sightings without a photo"),
    N_("photos that were deleted, withheld or expired, beside the sightings that had them"),
    N_("seconds watched and blind"),
    N_("how often something was withheld"),
    N_("corrections of an untrusted clock"),
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


def is_lost(db: sqlite3.Connection, data: Path) -> bool:
    """Whether a database that knows of no run stands beside photos or verdicts.

    SQLite takes a file of 0 bytes for a new database; after a power cut it is a lost one.
    """
    if db.execute("SELECT EXISTS (SELECT 1 FROM runs)").fetchone()[0]:
        return False
    return (data / JOURNAL).exists() or any((data / FOLDER).glob("[0-9a-f][0-9a-f]/*.jpg"))


def begin_rebuild(db: sqlite3.Connection, data: Path) -> int:
    """Takes in the journal and asks for a sweep, which brings the sightings back. Returns the unreadable lines' count.

    The journal first: each sighting finds its verdict when it comes, and later verdicts stay later.
    """
    verdicts = list(read_journal(data))
    readable = [asdict(v) | {"judged_at": utc_text(v.judged_at)} for v in verdicts if v is not None]
    with transaction(db):
        db.executemany(INSERT, readable)
        db.execute(SWEEP_ALL)
    return len(verdicts) - len(readable)


def set_aside(data: Path) -> Path | None:
    """Renames the database; nothing is overwritten. Raises OSError."""
    if not (data / DATABASE).exists():
        return None
    number = 1
    while (aside := data / f"{DATABASE}.aside-{number}").exists():
        number += 1
    for old, name in zip(_files_of(data / DATABASE), _files_of(aside), strict=True):
        if old.exists():
            os.replace(old, name)
    return aside


def rebuild(data: Path) -> Report:
    """Makes the database anew and waits for it; an existing one is set aside, never overwritten.

    Cut off, it is gone on with at the next start of the watcher. Raises UsageError where there is no such folder,
    StoreError while a watcher uses it, OSError, sqlite3.Error.
    """
    if not data.is_dir():
        expected = _("a data folder at {path}").format(path=data)
        raise UsageError(expected, _("no such folder"), _("name the folder of `gardenwatch run`"))
    lock = FolderLock(data)
    try:
        aside = set_aside(data)
        with closing(connect(data / DATABASE)) as db:
            db.execute("PRAGMA synchronous = OFF")  # torn by a power cut, it is set aside and made again
            migrate(db, data / DATABASE)
            unreadable = begin_rebuild(db, data)
            sweep = Sweep(data)
            while sweep.step(db):
                pass
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            orphans = _count(db, "verdicts WHERE sighting_id NOT IN (SELECT id FROM sightings)")
            tally, verdicts = sweep.tally, _count(db, "verdicts")
        return Report(tally.adopted, verdicts, tuple(tally.unreadable), unreadable, orphans, aside)
    finally:
        lock.release()


def _files_of(database: Path) -> list[Path]:
    """The database, its write-ahead log and its index belong together."""
    return [database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))]


def _count(db: sqlite3.Connection, what: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {what}").fetchone()[0])
