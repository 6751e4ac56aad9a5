"""Making a data folder ready for a run, or saying why it cannot be."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from edge.errors import StoreError, StoreFault
from edge.language import _
from edge.settings import StoreSettings
from edge.store import rows
from edge.store.adopt import adopt
from edge.store.faults import behind, describe, fault_of, is_damage, is_held
from edge.store.lock import FolderLock
from edge.store.photos import Photos
from edge.store.rebuild import begin_rebuild, is_lost, set_aside
from edge.store.reserve import Reserve
from edge.store.run import Run
from edge.store.schema import DATABASE, connect, migrate

log = logging.getLogger(__name__)

CHECKED_BYTES = 32 * 1024 * 1024
"""Some 30 000 sightings: checked in a second or two by a Pi, at each start."""
STEPS = 100_000
"""Of SQLite's own, between two calls of `working`: some 10 ms, of a Pi's some 50."""
_NO_RIGHT = {errno.EACCES, errno.EPERM}
_WRONG_KIND = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR}


def lock_folder(data: Path) -> FolderLock:
    """Creates the folder where it is missing. Raises StoreError or StoreFault."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        return FolderLock(data)
    except OSError as error:
        raise _unusable(data, error) from error


def open_database(data: Path, settings: StoreSettings, run: Run, working: Callable[[], None]) -> None:
    """Folders, schema, and the run's own row are there; what a crash left open is closed.

    A database that is spoilt, or gone while photos are there, begins anew at once; its sightings come back from the
    photos by the writer's sweep, so that a start takes no longer for many. `working` is called all the while, often.
    Raises StoreError or StoreFault.
    """
    reserve = Reserve(data, settings.reserve_mb)
    for last_try in (False, True):
        try:
            Photos(data, settings.jpeg_quality).prepare()
            _begin(data, run, working)
            return
        except (OSError, sqlite3.Error) as error:
            if last_try or fault_of(error) != "disk_full" or not reserve.free():
                raise _unusable(data, error) from error


def _begin(data: Path, run: Run, working: Callable[[], None]) -> None:
    try:
        _start(data, run, working)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        log.error("database is spoilt; setting it aside data=%s error=%s", data, describe(error))
        set_aside(data)
        _start(data, run, working)


def begin_anew(data: Path, run: Run, open_photos: Sequence[str]) -> None:
    """In the middle of a run whose database turned out to be spoilt: sets it aside and goes on with a new one.

    `open_photos` belong to sightings that still go on, and come back at once; the others by the sweep. Raises OSError,
    sqlite3.Error.
    """
    log.error("database is spoilt; setting it aside while watching goes on data=%s", data)
    set_aside(data)
    _start(data, run)
    with closing(connect(data / DATABASE)) as db:
        for path in open_photos:
            try:
                adopt(db, data / path)
            except ValueError as error:
                log.warning("photo cannot be read path=%s error=%s", path, error)


def _start(data: Path, run: Run, working: Callable[[], None] = lambda: None) -> None:
    path = data / DATABASE
    with closing(connect(path)) as db:
        db.set_progress_handler(working, STEPS)
        _must_be_whole(db, path)
        migrate(db, path)
        if is_lost(db, data):
            log.error("database is missing beside photos; rebuilding it from them while watching goes on data=%s", data)
            begin_rebuild(db, data)
        runs, sightings = rows.close_after_crash(db)
        rows.start_run(db, run)
    if runs:
        log.warning("the last run ended without a stop runs=%d sightings_closed=%d", runs, sightings)


def _must_be_whole(db: sqlite3.Connection, path: Path) -> None:
    """Damage that no row of the start touches would come to light later, on the page first. Raises sqlite3.Error.

    In a larger database it is found when it is touched: a start must not take minutes.
    """
    if path.stat().st_size > CHECKED_BYTES:
        return
    (found,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        error = sqlite3.DatabaseError(found)
        error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_CORRUPT, "SQLITE_CORRUPT"
        raise error


def _unusable(data: Path, error: OSError | sqlite3.Error) -> StoreError | StoreFault:
    """StoreError only for what stays until a person mends it; systemd tries all else again."""
    cause = behind(error, data / DATABASE, os.O_RDWR)
    number = cause.errno if isinstance(cause, OSError) else None
    if number in _NO_RIGHT:
        return StoreError(
            _("a folder to write in at {data}").format(data=data),
            describe(cause),
            _("give this user the right to write there, or choose another folder with --data"),
        )
    if number in _WRONG_KIND:
        return StoreError(
            _("a folder to write in at {data}").format(data=data),
            _("something else of that name ({error})").format(error=describe(cause)),
            _("rename it, or choose another folder with --data"),
        )
    if is_held(cause):
        return StoreFault(
            _("a database that is free to be written in {data}").format(data=data),
            _("another program that holds it ({error})").format(error=describe(cause)),
            _("close the program that has it open, such as a database browser, and start again"),
        )
    fault = fault_of(cause)
    if fault == "disk_full":
        return StoreFault(
            _("room for the record in {data}").format(data=data),
            _("a full disk ({error})").format(error=describe(cause)),
            _("delete something on that disk, or choose another folder with --data"),
        )
    if fault == "read_only":
        return StoreFault(
            _("a disk that can be written at {data}").format(data=data),
            _("one that is read-only ({error})").format(error=describe(cause)),
            _("look at `dmesg`: a card turns read-only at an error, and may have to be replaced; then restart"),
        )
    return StoreFault(
        _("a disk that works at {data}").format(data=data),
        describe(cause),
        _("look at `dmesg` and at the disk, then start again"),
    )
