"""Brings what waits for one channel on its way, in a thread that nobody waits for."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from edge import clock
from edge.store import outbox
from edge.store.outbox import Outcome, Parcel
from edge.store.schema import DATABASE, connect
from edge.telling.backoff import MOST_S, Backoff
from edge.telling.channel import Absent, Channel, Undelivered

log = logging.getLogger(__name__)

POLL_S = 0.5
"""How soon news is looked for; the look takes some microseconds."""
BOUNDS_EVERY_S = 30.0
COUNT_EVERY_S = 5.0
"""How often what waits is counted, for the status line: up to 5 ms where a hundred thousand wait."""


def true_time() -> float | None:
    """Unix seconds; None where nobody has set the clock since the boot."""
    return time.time() if clock.trust() == "trusted" else None


class Courier:
    """One channel's queue, oldest first, again and again until it is empty.

    At least once: a parcel leaves the outbox after it was delivered, so that a kill between the two sends it once more,
    with the same id. Nothing here holds the database for longer than a row takes to write.
    """

    def __init__(
        self,
        data: Path,
        channel: Channel,
        most: int,
        most_age_s: float,
        now: Callable[[], float | None] = true_time,
        tick: Callable[[], float] = time.monotonic,
        most_pause_s: float = MOST_S,
    ) -> None:
        self.failure = ""
        """Why nothing could be sent; empty while it can. Other threads may read it."""
        self.waiting = 0
        """How many wait, some seconds ago. Other threads may read it."""
        self.channel = channel
        self._data, self._most, self._most_age_s = data, most, most_age_s
        self._now, self._tick = now, tick
        self._backoff = Backoff(most_s=most_pause_s)
        self._unmarked: list[tuple[Sequence[Parcel], Outcome]] = []
        """Told, and still in the outbox: the disk is full, or sick. They are not sent again meanwhile."""
        self._stumbled = False
        self._file: int | None = None
        self._not_before_s = self._bounds_due_s = self._count_due_s = tick()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"tell {channel.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def join(self, timeout_s: float) -> None:
        """A send that still goes on is left alone: it comes again with the next start."""
        if self._thread.is_alive():
            self._thread.join(max(timeout_s, 0.0))

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with closing(self.database()) as db:
                    while not self._stop.is_set():
                        self._stop.wait(self.step(db))
                    if not self.failure:  # what the stop itself has just written
                        self.step(db)
                    self.channel.close()
            except (sqlite3.Error, OSError) as error:  # a sick card: the store tells of it, and this waits
                log.debug("outbox cannot be read channel=%s error=%s", self.channel.name, error)
                self._stop.wait(self._backoff.next_s())
            except Exception as error:  # the thread's door
                self._stumble(error)
                self._stop.wait(self._backoff.next_s())

    def database(self) -> sqlite3.Connection:
        """A connection of its own. What a power cut takes of it is only that something was sent, so it comes twice."""
        db = connect(self._data / DATABASE)
        db.execute("PRAGMA synchronous = NORMAL")
        db.row_factory = sqlite3.Row
        if self._file != (file := _number_of(self._data / DATABASE)):  # another one, with numbers of its own
            self._unmarked.clear()
        self._file, self._bounds_due_s = file, self._tick()
        return db

    def step(self, db: sqlite3.Connection) -> float:
        """Sends what is next. Returns the seconds until it wants to be asked again. Raises sqlite3.Error."""
        tick_s, now = self._tick(), self._now()
        if tick_s >= self._bounds_due_s:
            self._bounds_due_s = tick_s + BOUNDS_EVERY_S
            if self._file not in (None, _number_of(self._data / DATABASE)):
                raise sqlite3.OperationalError("the database was replaced")  # a spoilt one was set aside: open the new
            outbox.subscribe(db, self.channel.name, self.channel.kinds)
            self._keep_bounds(db, now)
        if tick_s >= self._count_due_s:
            self._count_due_s = tick_s + COUNT_EVERY_S
            self.waiting = outbox.count(db, self.channel.name)
        if tick_s < self._not_before_s:
            return min(POLL_S, self._not_before_s - tick_s)
        self._mark(db, now)
        parcels: Sequence[Parcel] = ()
        try:
            self.channel.prepare(db)
            parcels = outbox.waiting(db, self.channel.name, 1 if self._stumbled else self.channel.at_once, now)
            if not parcels:
                self.waiting = 0
                self._succeed()
                return POLL_S
            delivery = self.channel.deliver(db, parcels)
        except Absent as error:
            self._note(str(error))
            self._backoff.reset()
            return POLL_S
        except Undelivered as error:
            return self._fail(str(error))
        except (sqlite3.Error, OSError):
            raise
        except Exception as error:  # one that cannot even be made into a message must not stand before the others
            self._stumble(error)
            outbox.failed(db, parcels, type(error).__name__)
            return self._fail(type(error).__name__)
        self._unmarked += [(delivery.sent, "sent"), (delivery.gone, "gone")]
        self._mark(db, now)
        outbox.failed(db, delivery.failed, delivery.why)
        if delivery.failed:
            return self._fail(delivery.why)
        self._succeed()
        return 0.0

    def _mark(self, db: sqlite3.Connection, now: float | None) -> None:
        """Takes away what was told. Raises sqlite3.Error, and then does it before anything else is sent."""
        while self._unmarked:
            outbox.done(db, *self._unmarked[0], now)
            del self._unmarked[0]

    def _keep_bounds(self, db: sqlite3.Connection, now: float | None) -> None:
        dropped = outbox.keep_bounds(db, self.channel.name, self._most, self._most_age_s, now)
        if dropped:
            log.warning("outbox dropped what was too old or too much channel=%s count=%d", self.channel.name, dropped)

    def _stumble(self, error: Exception) -> None:
        """Says once where it was, and not what a library says, which may hold a secret. From then on one is sent at a
        time, so that the one that does it is found."""
        if not self._stumbled:
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("courier stumbled channel=%s error=%s at\n%s", self.channel.name, type(error).__name__, where)
        self._stumbled = True

    def _note(self, why: str) -> None:
        if not self.failure:  # one line per change of state
            log.warning("cannot tell channel=%s error=%s", self.channel.name, why)
        self.failure = why

    def _fail(self, why: str) -> float:
        self._note(why)
        pause_s = self._backoff.next_s()
        self._not_before_s = self._tick() + pause_s
        return min(POLL_S, pause_s)

    def _succeed(self) -> None:
        if self.failure:
            log.info("can tell again channel=%s", self.channel.name)
        self.failure = ""
        self._backoff.reset()


def _number_of(file: Path) -> int | None:
    """The file system's number of the file behind that name; None where there is none."""
    try:
        return file.stat().st_ino
    except OSError:
        return None
