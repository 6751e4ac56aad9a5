"""Which device tells of which database."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import psycopg

from edge.hub import statements
from edge.hub.said import Told

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Record:
    """A device's database: the device's name now, and how many databases came before it."""

    garden: str
    number: int


class Tellers:
    """Asks for each pair of name and database once; after a transaction that failed, a new one has to begin."""

    def __init__(self) -> None:
        self._met: set[tuple[str, str]] = set()
        self._records: dict[str, _Record] = {}

    def meet(self, cursor: psycopg.Cursor, tellers: Collection[Told]) -> None:
        """Gardens and their records get a row, and a number. In order, so that nobody waits for one another."""
        cursor.executemany(statements.GARDEN, [(garden,) for garden in sorted({one.garden for one in tellers})])
        for garden, record in sorted({(one.garden, one.record) for one in tellers} - self._met):
            is_new = cursor.execute(statements.RECORD, (garden, record)).rowcount > 0
            names = cursor.execute(statements.RECORD_NAMES, (record,)).fetchall()
            number = int(names[0][1])
            if is_new:
                _take_along(cursor, [name for name, _number in names[:-1]], garden, number)
            self._met.add((garden, record))
            self._records[record] = _Record(names[-1][0], number)

    def number(self, record: str) -> int:
        """A later database of a device has a higher one."""
        return self._records[record].number

    def present(self, told: Told) -> Told:
        """What comes late under a name that the device had before is told under its present one."""
        return replace(told, garden=self._records[told.record].garden)


def _take_along(cursor: psycopg.Cursor, earlier: Sequence[str], garden: str, number: int) -> None:
    """The same database under a new name is a device that was renamed: what it told before is its own still. Only that
    device knows the record's id."""
    for name in earlier:
        log.info("device renamed from=%s to=%s", name, garden)
        for move in statements.MOVES:
            cursor.execute(move.encode(), (garden, name, number))
