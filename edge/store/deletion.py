"""The photos of a sighting deleted for good, because a person asked for it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from edge.errors import UsageError
from edge.language import _
from edge.store import further
from edge.store.durable import sync_folder
from edge.store.rows import transaction
from edge.store.schema import DATABASE, connect, refuse_other


def delete_photo(data: Path, id: str) -> bool:
    """Deletes all photos of a sighting, or the small picture of what was not counted; the row stays as a count.

    False where there was none. May be done beside a watcher. Raises UsageError for a sighting that is still open,
    whose photo may be replaced at any moment; OSError where the file cannot be deleted, sqlite3.Error.
    """
    with closing(connect(data / DATABASE)) as db:
        refuse_other(db, data / DATABASE)
        db.execute("PRAGMA secure_delete = ON")  # a picture within the database is overwritten, not just forgotten
        with transaction(db):
            if db.execute("SELECT 1 FROM rejections WHERE id = ?", (id,)).fetchone():
                query = "UPDATE rejections SET picture = NULL WHERE id = ? AND picture IS NOT NULL"
                return db.execute(query, (id,)).rowcount > 0
            path = _row_without_photo(db, id)
            if path is None:
                return False
            paths = [path, *further.drop(db, id)]
        for one in paths:
            (data / one).unlink(missing_ok=True)
        sync_folder((data / path).parent)
        return True


def _row_without_photo(db: sqlite3.Connection, id: str) -> str | None:
    """The path that the row named until now."""
    row = db.execute(
        "SELECT p.path, s.closed FROM photos p JOIN sightings s ON s.id = p.sighting_id WHERE s.id = ?", (id,)
    ).fetchone()
    if row is None or row[0] is None:
        return None
    if not row[1]:
        todo = _("try again in a minute, when it has left")
        raise UsageError(_("a sighting that is over"), _("one that still goes on"), todo)
    db.execute(
        "UPDATE photos SET path = NULL, sha256 = NULL, width = NULL, height = NULL, bytes = NULL, missing = 'deleted'"
        " WHERE sighting_id = ?",
        (id,),
    )
    return str(row[0])
