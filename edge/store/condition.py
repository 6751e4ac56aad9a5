"""How the disk is: falls ill with an error, is tried again, says so once per change."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from edge.store.durable import remove
from edge.store.faults import DiskError, Fault, StoreState, describe, fault_of
from edge.store.photos import FOLDER, NEW
from edge.store.reserve import Reserve
from edge.store.rows import Missing

log = logging.getLogger(__name__)

# How often a sick disk is tried again: soon enough for a person who watches, rare enough for a log.
RETRY_EVERY_S = 5.0
# Room for a few photos, so that "full" and "ok" do not take turns with every picture.
_PROBE_BYTES = 1024 * 1024
_MISSING: dict[Fault, Missing] = {"disk_full": "disk_full", "read_only": "disk_failing", "failing": "disk_failing"}


class Condition:
    """Decides whether photos are tried at all: not on a disk that is known to be full."""

    def __init__(self, data: Path, reserve: Reserve) -> None:
        self.state: StoreState = "ok"
        self.detail = ""
        self._reserve = reserve
        self._probe_file = data / FOLDER / NEW / "probe"
        self._retry_at = 0.0

    @property
    def missing(self) -> Missing | None:
        """Why no photo can be kept now."""
        return None if self.state == "ok" else _MISSING[self.state]

    def degrade(self, error: OSError | sqlite3.Error) -> bool:
        """Notes an error; True where that gave up the reserve, so that what failed may fit now."""
        fault = fault_of(error)
        self._retry_at = time.monotonic() + RETRY_EVERY_S
        if fault != self.state:
            log.warning("store state=%s was=%s error=%s", fault, self.state, describe(error))
        self.state, self.detail = fault, describe(error)
        return fault == "disk_full" and self._reserve.free()

    def recover(self, write_row: Callable[[], None]) -> StoreState | None:
        """Tries a sick disk when it is time: room for the reserve, photos, and a row. What it was ill with, or None."""
        if self.state != "ok" and time.monotonic() >= self._retry_at:
            was = self.state
            if self.check(write_row):
                log.warning("store state=ok was=%s", was)
                self.state, self.detail = "ok", ""
                return was
        return None

    def check(self, write_row: Callable[[], None]) -> bool:
        """True where all of it worked."""
        try:
            self._reserve.fill()
            try:
                with open(self._probe_file, "wb") as file:
                    file.write(bytes(_PROBE_BYTES))
            finally:
                remove(self._probe_file)
            write_row()
        except DiskError as error:
            self.degrade(error)
            return False
        return True
