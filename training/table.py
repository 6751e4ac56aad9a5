"""Reads a table however a spreadsheet saved it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from training.errors import TrainingError, UsageError
from training.language import _
from training.layout import read_text

WORKBOOK = b"PK\x03\x04"
"""How a zip file begins, and an .xlsx is one."""


class BrokenTable(TrainingError):
    """Its rows cannot be told apart from `line` on; `fault` says why."""

    def __init__(self, name: str, line: int, fault: str, todo: str) -> None:
        found = _("{fault} in line {line}").format(fault=fault, line=line)
        super().__init__(_("cells that can be told apart in {path}").format(path=name), found, todo)
        self.line, self.fault = line, fault


def read_table(path: Path, wanted: Sequence[str]) -> csv.DictReader[str]:
    """Its rows, parted by commas, semicolons or tabs: by what gives most of the `wanted` columns.

    Raises UsageError for a workbook, BrokenTable for a quote that is not closed, and for NULs.
    """
    with path.open("rb") as file:
        if file.read(len(WORKBOOK)) == WORKBOOK:
            found = _("{path}, an Excel workbook").format(path=path)
            raise UsageError(_("a CSV file"), found, _("save it as CSV"))
    return rows_of(read_text(path), wanted, str(path))


def rows_of(text: str, wanted: Sequence[str], name: str = "manifest.csv") -> csv.DictReader[str]:
    """As `read_table`, of what the file of that name holds."""
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BrokenTable(name, line, _("a NUL, a sign that no text has"), _("save it as CSV in UTF-8"))
    columns = {sign: _head(text, sign) for sign in ",;\t"}
    separator = max(columns, key=lambda sign: (len(set(wanted) & set(columns[sign])), len(columns[sign])))
    _expect_closed_quotes(text, separator, wanted, name)
    rows = csv.DictReader(_lines(text), delimiter=separator)
    rows.fieldnames = columns[separator]
    next(rows.reader, None)  # the first line, which DictReader skips only where it finds the names itself
    return rows


def _head(text: str, separator: str) -> list[str]:
    try:
        row = next(csv.reader(_lines(text), delimiter=separator), [])
    except csv.Error:  # longer than csv takes: a quote in it is not closed
        row = next(csv.reader([_lines(text).readline()], delimiter=separator))
    return [name.strip() for name in row]


def _expect_closed_quotes(text: str, separator: str, wanted: Sequence[str], name: str) -> None:
    """A quote that is not closed makes one cell of all lines up to the next one, or to the end.

    No `wanted` cell has several lines. Others may, where every quote stands at an end of its cell.
    """
    lines, head = list(_lines(text)), _head(text, separator)
    rows, line = csv.reader(lines, delimiter=separator), 1
    try:
        for row in rows:
            if any(map(_is_broken, row)):
                list(csv.reader(lines[line - 1 : rows.line_num], delimiter=separator, strict=True))
            if any(column in wanted and _is_broken(cell.strip()) for column, cell in zip(head, row, strict=False)):
                raise csv.Error
            line = rows.line_num + 1
    except csv.Error:  # also for a cell longer than csv takes
        todo = _("close the quote in that line, or write its cell in one line")
        raise BrokenTable(name, line, _("a quote that is not closed"), todo) from None


def _is_broken(cell: str) -> bool:
    return not {"\r", "\n"}.isdisjoint(cell)


def _lines(text: str) -> io.StringIO:
    """Line ends within quotes are left as they are."""
    return io.StringIO(text, newline="")
