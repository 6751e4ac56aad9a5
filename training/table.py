"""Reads a table however a spreadsheet saved it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from training.errors import UsageError
from training.language import _
from training.layout import read_text

WORKBOOK = b"PK\x03\x04"
"""How a zip file begins, and an .xlsx is one."""


def read_table(path: Path, wanted: Sequence[str]) -> csv.DictReader[str]:
    """Its rows, parted by commas, semicolons or tabs: by what gives most of the `wanted` columns.

    Raises UsageError for a workbook.
    """
    with path.open("rb") as file:
        if file.read(len(WORKBOOK)) == WORKBOOK:
            found = _("{path}, an Excel workbook").format(path=path)
            raise UsageError(_("a CSV file"), found, _("save it as CSV"))
    return rows_of(read_text(path), wanted)


def rows_of(text: str, wanted: Sequence[str]) -> csv.DictReader[str]:
    """As `read_table`, of what a file holds."""
    heads = {sign: next(csv.reader(_lines(text), delimiter=sign), []) for sign in ",;\t"}
    columns = {sign: [name.strip() for name in head] for sign, head in heads.items()}
    separator = max(columns, key=lambda sign: (len(set(wanted) & set(columns[sign])), len(columns[sign])))
    rows = csv.DictReader(_lines(text), delimiter=separator)
    rows.fieldnames = columns[separator]
    next(rows.reader, None)  # the first line, which DictReader skips only where it finds the names itself
    return rows


def _lines(text: str) -> io.StringIO:
    """Line ends within quotes are left as they are."""
    return io.StringIO(text, newline="")
