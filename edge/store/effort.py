"""How long was watched, blind, or at rest: seconds summed up until the writer takes them."""

from __future__ import annotations

import sqlite3
import threading
from datetime import datetime

from edge.records import Moment
from edge.store.rows import Effort, Withheld, add_effort, add_strains, add_withheld
from edge.store.run import Run

WATCHED = "watched"
RESTS = frozenset({"paused", "off_hours", "duty_cycle"})
"""Kinds of effort in which nobody meant to watch: neither watched nor blind. As `edge.times.rest` names them."""
# A quarter of an hour is the finest that visits per hour of day are drawn in, and makes 35 000 rows a year.
SLICE_S = 900.0


class EffortLog:
    """Slices follow the ticks, so that a jump of the wall clock neither loses nor doubles seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slices: _Slices = {}
        self._strains: _Slices = {}
        self._withheld: dict[float, tuple[datetime, int]] = {}
        self._last: datetime | None = None

    def add(self, moment: Moment, seconds: float, blind: str | None) -> None:
        """`blind` says why nothing could be seen, or why nobody watched; None means that it was watched."""
        with self._lock:
            _add(self._slices, moment, blind or WATCHED, seconds)
            self._last = moment.wall

    def strain(self, moment: Moment, kind: str, seconds: float) -> None:
        """The computer had too little voltage, or was too hot, for so long."""
        with self._lock:
            _add(self._strains, moment, kind, seconds)

    def withhold(self, moment: Moment, count: int) -> None:
        """So many movers more of which no picture may be kept."""
        tick_s = moment.tick_s // SLICE_S * SLICE_S
        with self._lock:
            start, so_far = self._withheld.get(tick_s, (moment.wall, 0))
            self._withheld[tick_s] = (start, so_far + count)

    def take_withheld(self) -> list[Withheld]:
        """What came since the last time."""
        with self._lock:
            slices, self._withheld = self._withheld, {}
            return [Withheld(tick_s, start, count) for tick_s, (start, count) in slices.items()]

    def give_back_withheld(self, counts: list[Withheld]) -> None:
        """Counts that could not be written."""
        with self._lock:
            for one in counts:
                _, later = self._withheld.get(one.slice_tick_s, (one.slice_start, 0))
                self._withheld[one.slice_tick_s] = (one.slice_start, later + one.count)

    @property
    def last(self) -> datetime | None:
        """The last moment told of."""
        return self._last

    def take(self) -> tuple[list[Effort], datetime | None]:
        """What came since the last time, and the last moment told of."""
        with self._lock:
            slices, self._slices = self._slices, {}
            return _listed(slices), self._last

    def give_back(self, efforts: list[Effort]) -> None:
        """Seconds that could not be written."""
        with self._lock:
            _put_back(self._slices, efforts)

    def take_strains(self) -> list[Effort]:
        """What came since the last time."""
        with self._lock:
            strains, self._strains = self._strains, {}
            return _listed(strains)

    def give_back_strains(self, strains: list[Effort]) -> None:
        """Seconds that could not be written."""
        with self._lock:
            _put_back(self._strains, strains)


_Slices = dict[tuple[float, str], tuple[datetime, float]]


def _add(slices: _Slices, moment: Moment, kind: str, seconds: float) -> None:
    key = (moment.tick_s // SLICE_S * SLICE_S, kind)
    start, so_far = slices.get(key, (moment.wall, 0.0))
    slices[key] = (start, so_far + seconds)


def _listed(slices: _Slices) -> list[Effort]:
    return [Effort(tick_s, start, kind, seconds) for (tick_s, kind), (start, seconds) in slices.items()]


def _put_back(slices: _Slices, efforts: list[Effort]) -> None:
    for effort in efforts:
        key = (effort.slice_tick_s, effort.kind)
        _, later = slices.get(key, (effort.slice_start, 0.0))
        slices[key] = (effort.slice_start, later + effort.seconds)


def write_down(db: sqlite3.Connection, run: Run, log: EffortLog) -> None:
    """Adds what waits to the database; what could not be written comes again. Raises sqlite3.Error."""
    efforts, last_alive = log.take()
    if last_alive is None:
        return
    try:
        add_effort(db, run, efforts, last_alive)
    except sqlite3.Error:
        log.give_back(efforts)
        raise
    if strains := log.take_strains():
        try:
            add_strains(db, run, strains)
        except sqlite3.Error:
            log.give_back_strains(strains)
            raise
    if withheld := log.take_withheld():
        try:
            add_withheld(db, run, withheld)
        except sqlite3.Error:
            log.give_back_withheld(withheld)
            raise
