"""Where the watcher leaves its sightings, without ever waiting for the disk."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from edge.records import Change, Moment, Rejection
from edge.settings import StoreSettings
from edge.store.faults import StoreState
from edge.store.inbox import Inbox
from edge.store.lock import FolderLock
from edge.store.notices import Notice
from edge.store.opening import lock_folder, open_database
from edge.store.run import Run
from edge.store.trays import Trays
from edge.store.writer import Writer

log = logging.getLogger(__name__)

CLOSE_S = 1.5
"""Leaves room in a stop of two seconds."""

Kept = TypeVar("Kept", Change, Rejection)


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """How the store is now. Whatever the state, the watching goes on."""

    state: StoreState
    detail: str
    """For a person: the disk's own error; empty when it is ok."""
    queued: int
    """Sightings that wait for the disk."""
    rows: int
    """Sightings of this run that are durable."""
    last_row: datetime | None
    lost: int
    """Sightings given up, because nothing could be written for too long."""
    photos_stopped: bool = False
    """Only photos that a person judged are left to delete, so no new ones are kept; counting goes on."""


class Store:
    """One run's record in one data folder. Open it with `Store.open`, close it with `close` or as a context."""

    def __init__(self, lock: FolderLock, trays: Trays, writer: Writer) -> None:
        self._lock, self._trays, self._writer = lock, trays, writer

    @classmethod
    def open(cls, data: Path, settings: StoreSettings, run: Run, working: Callable[[], None] = lambda: None) -> Store:
        """Takes the folder for this process, mends what a crash left, and starts the writer.

        `working` is called often while the database is brought to the newest schema, which may take minutes.
        Raises StoreError where the folder is in use, may not be written, is a file, or holds a database of a newer
        schema; StoreFault where that may pass: a full or failing disk, a database held by another program.
        """
        lock = lock_folder(data)
        try:
            open_database(data, settings, run, working)
        except BaseException:
            lock.release()
            raise
        trays = Trays(Inbox(settings.queue))
        writer = Writer(data, run, settings, trays)
        writer.thread.start()
        return cls(lock, trays, writer)

    def record(self, changes: Sequence[Change], notices: Sequence[Notice] = ()) -> None:
        """Takes what the decision says, and who is to hear of it; never blocks, never raises for the disk.

        A picture that is a view into a frame is copied, so that a waiting crop does not hold the whole frame.
        """
        if changes:
            self._trays.inbox.put([_owning(change) for change in changes], notices)
        for change in changes:
            self._trays.further.put(change.sighting, change.further)

    def reject(self, rejections: Sequence[Rejection]) -> None:
        """Takes what became no sighting; never blocks. It is written when nothing else waits, or dropped."""
        if rejections:
            self._trays.rejected.put([_owning(one) for one in rejections])

    def effort(self, moment: Moment, seconds: float, blind: str | None = None) -> None:
        """Adds seconds up to `moment`: watched, or not for the reason that `blind` names. Never blocks."""
        self._trays.effort.add(moment, seconds, blind)

    def strain(self, moment: Moment, kind: str, seconds: float) -> None:
        """Adds seconds of too little voltage, or of heat. Never blocks."""
        self._trays.effort.strain(moment, kind, seconds)

    def withhold(self, moment: Moment, count: int) -> None:
        """Counts so many movers of which no picture may be kept. Never blocks."""
        if count:
            self._trays.effort.withhold(moment, count)

    def clock_trusted(self, moment: Moment) -> None:
        """Says that the wall clock is right from `moment` on, in a run that began with an untrusted one.

        What began before shows its true time from then on, what begins later counts as trusted. Only the first call
        counts; never blocks.
        """
        self._writer.trust_clock(moment)

    def health(self) -> StoreHealth:
        """Never blocks."""
        writer = self._writer
        return StoreHealth(
            state=writer.condition.state,
            detail=writer.condition.detail,
            queued=len(self._trays.inbox),
            rows=writer.rows,
            last_row=writer.last_row,
            lost=writer.lost + self._trays.inbox.lost,
            photos_stopped=writer.photos_stopped,
        )

    def settle(self, timeout_s: float) -> bool:
        """Waits until everything recorded is on the disk; False where that took longer."""
        return self._trays.inbox.wait_until_empty(timeout_s)

    def close(self, timeout_s: float | None = None) -> bool:
        """Writes what waits, closes what is still open, ends the run. May be called twice.

        False where the disk was too slow: then the rest is lost with the process, and the next start closes the
        sightings as after a crash. Without a limit of its own, it takes CLOSE_S at most.
        """
        timeout_s = CLOSE_S if timeout_s is None else timeout_s
        self._trays.inbox.stop()
        self._writer.thread.join(timeout_s)
        if self._writer.thread.is_alive():
            log.error("store not flushed queued=%d timeout_s=%.1f", len(self._trays.inbox), timeout_s)
            return False
        self._lock.release()
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _owning(one: Kept) -> Kept:
    if one.shot is None or one.shot.image.base is None:
        return one
    return replace(one, shot=replace(one.shot, image=one.shot.image.copy()))
