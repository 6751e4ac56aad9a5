"""The writer's one connection to the database, through errors and the loss of the database itself."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from edge.store.faults import DiskError, is_damage
from edge.store.opening import begin_anew
from edge.store.run import Run
from edge.store.schema import DATABASE, connect

log = logging.getLogger(__name__)

# A database that is spoilt again so soon stands on a card that spoils everything; no more of them are set aside.
ANEW_EVERY_S = 600.0


class Connection:
    """Opened when it is needed."""

    def __init__(self, data: Path, run: Run) -> None:
        self._data, self._run = data, run
        self._db: sqlite3.Connection | None = None
        self._anew_due = 0.0

    def database(self) -> sqlite3.Connection:
        """Raises sqlite3.Error."""
        if self._db is None:
            self._db = connect(self._data / DATABASE)
        return self._db

    def drop(self) -> None:
        """After an I/O error a connection may stay unusable; the next one starts afresh."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def began_anew(self, error: sqlite3.Error, open_photos: Sequence[str]) -> bool:
        """Whether the error meant that the database was spoilt, and there is a new one now; see `begin_anew`."""
        if not is_damage(error) or time.monotonic() < self._anew_due:
            return False
        self._anew_due = time.monotonic() + ANEW_EVERY_S
        self.drop()
        try:
            begin_anew(self._data, self._run, open_photos)
        except DiskError as failed:
            log.warning("no new database could be made error=%s", failed)
            return False
        return True
