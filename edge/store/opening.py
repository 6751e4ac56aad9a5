"""Making a data folder ready for a run, or saying why it cannot be."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from edge.errors import StoreError
from edge.settings import StoreSettings
from edge.store import rows
from edge.store.faults import describe, fault_of
from edge.store.lock import FolderLock
from edge.store.photos import FOLDER, Photos
from edge.store.rebuild import rebuild_locked
from edge.store.reserve import Reserve
from edge.store.run import Run
from edge.store.schema import DATABASE, connect, migrate
from edge.store.verdicts import JOURNAL

log = logging.getLogger(__name__)

_SPOILT = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def lock_folder(data: Path) -> FolderLock:
    """Creates the folder where it is missing. Raises StoreError."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        return FolderLock(data)
    except OSError as error:
        raise _unusable(data, error) from error


def open_database(data: Path, settings: StoreSettings, run: Run) -> bool:
    """Folders, schema, and the run's own row are there; what a crash left open is closed.

    A database that is spoilt, or gone while photos are there, is rebuilt from the photos. Returns whether the
    last run crashed. Raises StoreError.
    """
    reserve = Reserve(data, settings.reserve_mb)
    for last_try in (False, True):
        try:
            Photos(data, settings.jpeg_quality).prepare()
            return _begin(data, run)
        except (OSError, sqlite3.Error) as error:
            if last_try or fault_of(error) != "disk_full" or not reserve.free():
                raise _unusable(data, error) from error
    raise AssertionError("unreachable: the last try returns or raises")


def _begin(data: Path, run: Run) -> bool:
    path = data / DATABASE
    if _is_empty(path) and _has_records(data):
        log.error("database is missing beside photos; rebuilding it data=%s", data)
        rebuild_locked(data)
    try:
        return _start(path, run)
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) not in _SPOILT:
            raise
        log.error("database is spoilt; set aside, rebuilding it data=%s error=%s", data, describe(error))
        rebuild_locked(data)
        return _start(path, run)


def _start(path: Path, run: Run) -> bool:
    with closing(connect(path)) as db:
        migrate(db, path)
        runs, sightings = rows.close_after_crash(db)
        rows.start_run(db, run)
    if runs:
        log.warning("the last run ended without a stop runs=%d sightings_closed=%d", runs, sightings)
    return runs > 0


def _is_empty(path: Path) -> bool:
    """SQLite takes a file of 0 bytes for a new database; after a power cut it is a lost one."""
    return not path.exists() or path.stat().st_size == 0


def _has_records(data: Path) -> bool:
    return (data / JOURNAL).exists() or any((data / FOLDER).glob("[0-9a-f][0-9a-f]/*.jpg"))


def _unusable(data: Path, error: OSError | sqlite3.Error) -> StoreError:
    if fault_of(error) == "disk_full":
        return StoreError(
            f"room for the record in {data}",
            f"a full disk ({describe(error)})",
            "delete something on that disk, or choose another folder with --data",
        )
    return StoreError(
        f"a folder to write in at {data}",
        describe(error),
        "check the disk and the right of this user to write there, or choose another folder with --data",
    )
