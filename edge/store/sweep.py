"""Photos and rows agree again, after a crash or the loss of the database."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from edge.store.adopt import adopt, adopt_further
from edge.store.durable import Removals
from edge.store.faults import is_of_the_disk
from edge.store.photos import FOLDER, FURTHER_NAME, NAME
from edge.store.rows import SWEEP_ALL, transaction

log = logging.getLogger(__name__)

# How long a new sighting may have to wait for the writer.
STEP_S = 0.05


@dataclass(slots=True)
class Tally:
    """What a sweep has done so far."""

    adopted: int = 0
    removed: int = 0
    unreadable: list[str] = field(default_factory=list)


class Sweep:
    """Adopts each photo whose row was not yet written, removes each that a better one has replaced.

    Works where the database says that a sweep is due, one of the 256 folders after the other; a stop or a crash costs
    the work in one of them. Files of other names, and photos that cannot be read, stay where they are: they are not
    ours to remove.
    """

    def __init__(self, data: Path) -> None:
        self.tally = Tally()
        self._removals = Removals()
        self._data = data
        self._folder: Path | None = None
        self._files: list[Path] = []
        self._over = False

    def step(self, db: sqlite3.Connection) -> bool:
        """Works for about STEP_S. False where nothing is left. Raises OSError, sqlite3.Error; the next step goes on."""
        until = time.monotonic() + STEP_S
        while not self._over:
            if self._files:
                self._look_at(db, self._files[-1])
                self._files.pop()
            else:
                self._next_folder(db)
            if time.monotonic() >= until:
                break
        return not self._over

    def again(self, db: sqlite3.Connection) -> None:
        """From the start, whenever nothing else is to be done. Raises sqlite3.Error."""
        with transaction(db):
            db.execute(SWEEP_ALL)
        self._folder, self._files, self._over = None, [], False

    def _next_folder(self, db: sqlite3.Connection) -> None:
        row = db.execute("SELECT done FROM sweep").fetchone()
        if row is None:
            self._over = True
            return
        if self._folder is None:
            log.warning("photos are looked through for sightings after=%s", row[0] or "the start")
        self._removals.sync()  # before it is said that this folder is done
        done = row[0] if self._folder is None else self._folder.name
        later = [folder for folder in (self._data / FOLDER).glob("[0-9a-f][0-9a-f]") if folder.name > done]
        with transaction(db):
            db.execute("UPDATE sweep SET done = ?" if later else "DELETE FROM sweep", (done,) if later else ())
        if not later:
            self._over = True
            self._report()
            return
        folder = min(later)
        self._files = _photos_in(folder)
        self._folder = folder

    def _look_at(self, db: sqlite3.Connection, file: Path) -> None:
        if FURTHER_NAME.fullmatch(file.name):
            self._look_at_further(db, file)
            return
        row = db.execute(
            "SELECT p.path FROM sightings s LEFT JOIN photos p ON p.sighting_id = s.id WHERE s.id = ?",
            (file.name.split("-")[0],),
        ).fetchone()
        if row is None:
            self.tally.adopted += self._adopted(db, file, adopt)
        elif row[0] is None or row[0].rsplit("/", 1)[1] != file.name:
            self._removals.remove(file)
            self.tally.removed += 1

    def _look_at_further(self, db: sqlite3.Connection, file: Path) -> None:
        """One whose visit has no best photo any more was to go with it; one of an unknown visit stays."""
        id, _more, number = file.stem.split("-")
        if not db.execute("SELECT 1 FROM sightings WHERE id = ?", (id,)).fetchone():
            log.warning("further photo of an unknown sighting file=%s", file.name)
            self.tally.unreadable.append(file.relative_to(self._data).as_posix())
        elif not db.execute("SELECT 1 FROM photos WHERE sighting_id = ? AND path IS NOT NULL", (id,)).fetchone():
            self._removals.remove(file)
            self.tally.removed += 1
        elif not db.execute(_FURTHER, (id, int(number))).fetchone():
            self._adopted(db, file, adopt_further)

    def _adopted(self, db: sqlite3.Connection, file: Path, how: Callable[[sqlite3.Connection, Path], None]) -> bool:
        try:
            how(db, file)
        except (OSError, ValueError, sqlite3.Error) as error:
            if isinstance(error, sqlite3.Error) and is_of_the_disk(error):
                raise
            log.warning("photo without a row cannot be read file=%s error=%s", file.name, error)
            self.tally.unreadable.append(file.relative_to(self._data).as_posix())
            return False
        return True

    def _report(self) -> None:
        tally = self.tally
        unreadable = len(tally.unreadable)
        log.warning("photos swept adopted=%d replaced=%d unreadable=%d", tally.adopted, tally.removed, unreadable)


def _photos_in(folder: Path) -> list[Path]:
    """The last photo of each sighting is its best, so it is the first to be taken from the end; further ones come
    after all best ones."""
    try:
        files = list(folder.iterdir())
    except OSError as error:
        log.warning("photo folder cannot be listed folder=%s error=%s", folder.name, error)
        return []
    best = [name for file in files if (name := NAME.fullmatch(file.name))]
    best.sort(key=lambda name: (name["sighting"], int(name["number"])))
    further = sorted((file for file in files if FURTHER_NAME.fullmatch(file.name)), reverse=True)
    return [*further, *(folder / name.string for name in best)]


_FURTHER = "SELECT 1 FROM further_photos WHERE sighting_id = ? AND number = ?"
