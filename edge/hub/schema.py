"""The hub's database: opens it, brings it to the newest schema."""

from __future__ import annotations

from pathlib import Path

import psycopg

from edge.errors import StoreError
from edge.language import _

MIGRATIONS = Path(__file__).parent / "migrations"
WRITER, MIGRATOR = 0x6761_7264, 0x6761_7265
"""Names of advisory locks: who stores, who changes the schema."""
CONNECT_S = 5


def newest() -> int:
    """The schema's version that this software writes."""
    return max(number for number, _file in _migrations())


def connect(database: str) -> psycopg.Connection:
    """Transactions are begun by hand. Raises psycopg.OperationalError where there is none."""
    return psycopg.connect(database, autocommit=True, connect_timeout=CONNECT_S, application_name="gardenwatch hub")


def migrate(db: psycopg.Connection) -> None:
    """Runs each missing migration, in one transaction together with its number. Raises StoreError for a newer one, and
    for a database that doesn't know what a letter is: that of a computer without a locale."""
    if (encoding := db.info.parameter_status("server_encoding")) != "UTF8":
        todo = _("make one with `createdb -E UTF8 -T template0 NAME`")
        raise StoreError(_("a hub database in UTF8"), str(encoding), todo)
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATOR,))
        db.execute("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)")
        version = version_of(db)
        if version > newest():
            raise StoreError(
                _("a hub database of schema {number} or older").format(number=newest()),
                _("schema {number}, written by a newer Gardenwatch").format(number=version),
                _("install that newer version again; nothing was changed"),
            )
        for number, file in _migrations():
            if number > version:
                db.execute(file.read_bytes())
                db.execute("DELETE FROM schema_version")
                db.execute("INSERT INTO schema_version VALUES (%s)", (number,))


def version_of(db: psycopg.Connection) -> int:
    """0 where nothing is there yet."""
    exists = db.execute("SELECT to_regclass('schema_version') IS NOT NULL").fetchone()
    if exists is None or not exists[0]:
        return 0
    found = db.execute("SELECT version FROM schema_version").fetchone()
    return int(found[0]) if found else 0


def claim(db: psycopg.Connection) -> None:
    """Only one may store. Raises StoreError where another does; the claim ends with the connection."""
    found = db.execute("SELECT pg_try_advisory_lock(%s)", (WRITER,)).fetchone()
    if found is None or not found[0]:
        expected = _("to be the only hub of this database")
        raise StoreError(expected, _("another one that stores into it"), _("stop that one"))


def _migrations() -> list[tuple[int, Path]]:
    return sorted((int(file.name[:4]), file) for file in MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql"))
