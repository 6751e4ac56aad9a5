"""Opens the database for who only looks, while a watcher may write there."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from edge.errors import StoreError, StoreFault, UsageError
from edge.language import _
from edge.store.faults import behind, is_damage
from edge.store.schema import BUSY_MS, DATABASE, refuse_other


def open_database(data: Path) -> sqlite3.Connection:
    """The folder's database, to be read only. Raises UsageError, StoreError, StoreFault."""
    path = data / DATABASE
    try:
        if not path.is_file():
            found = _("a folder without one") if data.is_dir() else _("no such folder")
            raise UsageError(
                _("a data folder with sightings ({path})").format(path=path),
                found,
                _("name the folder of `gardenwatch run` with --data, or run it first"),
            )
        db = _connect_read_only(path)
        try:
            refuse_other(db, path)
        except BaseException:
            db.close()
            raise
    except (OSError, sqlite3.Error) as error:
        raise unreadable(path, behind(error, path, os.O_RDONLY)) from error
    return db


def unreadable(path: Path, error: Exception) -> StoreError | StoreFault:
    """What a person can do about a database that gave that error."""
    if isinstance(error, PermissionError):
        return StoreError(
            _("a database that can be read in {path}").format(path=path),
            str(error),
            _("give this user the right to read it and the folders above it"),
        )
    if isinstance(error, ValueError | TypeError) or (isinstance(error, sqlite3.Error) and is_damage(error)):
        return StoreError(
            _("a whole database in {path}").format(path=path),
            _("a damaged one ({error})").format(error=error),
            _(
                "stop `gardenwatch run`, rename that file, and start again: its sightings come back from the photos; "
                "keep the old file for what only it knew"
            ),
        )
    return StoreFault(
        _("a database that can be read in {path}").format(path=path), str(error), _("try again; look at the disk")
    )


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """On a card mounted read-only WAL's index cannot be made; then nobody writes, and the file stands alone."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    try:
        return _open(address)
    except sqlite3.OperationalError:
        if path.with_name(path.name + "-wal").exists():
            raise
        return _open(address + "&immutable=1")


def _open(address: str) -> sqlite3.Connection:
    db = sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_MS / 1000)
    db.row_factory = sqlite3.Row
    try:
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.Error:
        db.close()
        raise
    return db
