"""The database's shape: opens it, brings it to the newest schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from edge.errors import StoreError
from edge.language import _

DATABASE = "gardenwatch.db"
MIGRATIONS = Path(__file__).parent / "migrations"

# A reader or the review page holds the file for milliseconds; a cold card can stall a whole second or two.
BUSY_MS = 5000
# Pages (of 4 kB) after which the write-ahead log is taken over into the database: some six rows. On a full disk a log
# that may neither grow nor be taken over blocks all rows, so it has to stay far smaller than the reserve.
WAL_PAGES = 64


def newest() -> int:
    """The schema's version that this software writes."""
    return max(number for number, _file in _migrations())


def connect(path: Path) -> sqlite3.Connection:
    """A connection for writing that any thread may use, one at a time; transactions are begun by hand.

    WAL so that readers never lock the watcher out, synchronous=FULL so that a committed row survives a power cut
    (https://www.sqlite.org/pragma.html#pragma_synchronous). Raises sqlite3.Error.
    """
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute(f"PRAGMA journal_size_limit = {WAL_PAGES * 4096}")
        db.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    except sqlite3.Error:
        db.close()
        raise
    return db


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Runs each missing migration, in one transaction together with its number.

    Raises StoreError where the database was written by newer software, and leaves it as it is.
    """
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    refuse_newer(version, path)
    for number, file in _migrations():
        if number <= version:
            continue
        db.execute("BEGIN IMMEDIATE")
        try:
            for statement in _statements(file.read_text("utf-8")):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise


def refuse_newer(version: int, path: Path) -> None:
    """Raises StoreError where `version` is beyond what this software knows."""
    if version > newest():
        raise StoreError(
            _("a database of schema {number} or older in {path}").format(number=newest(), path=path),
            _("schema {number}, written by a newer Gardenwatch").format(number=version),
            _("install that newer version again, or choose another data folder; nothing was changed"),
        )


def refuse_other(db: sqlite3.Connection, path: Path) -> None:
    """For who may not migrate. Raises StoreError where the database is not of the newest schema."""
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    refuse_newer(version, path)
    if version == newest():
        return
    expected = _("a database of schema {number} in {path}").format(number=newest(), path=path)
    if version == 0 and not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        raise StoreError(
            expected,
            _("an empty database, such as a power cut leaves"),
            _(
                "start `gardenwatch run` with that data folder once: what its photos tell comes back; or name another "
                "folder with --data"
            ),
        )
    raise StoreError(
        expected,
        _("schema {number}, of an older Gardenwatch").format(number=version),
        _("start `gardenwatch run` with that data folder once, which brings it up to date"),
    )


def _migrations() -> list[tuple[int, Path]]:
    return sorted((int(file.name[:4]), file) for file in MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def _statements(script: str) -> Iterator[str]:
    """One statement after the other; executescript would commit before the first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
