"""Changes cells of a manifest by their place, so that all others stay."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence


class Cells:
    """Rows of a manifest; two columns may have one name, rows may be shorter or longer than the first line.

    `rows` as `training.table` reads them.
    """

    def __init__(self, rows: csv.DictReader[str]) -> None:
        self.columns = list(rows.fieldnames or ())
        self._rows = [row for row in rows.reader if row]
        at = self._at("path")
        self._of: dict[str, list[list[str]]] = {}
        for row in self._rows:
            if at is not None and at < len(row):
                self._of.setdefault(row[at].replace("\\", "/"), []).append(row)

    def add_columns(self, names: Sequence[str]) -> None:
        """Those that are missing, behind all cells that there are."""
        missing = [name for name in names if name not in self.columns]
        if missing:
            longest = max(map(len, self._rows), default=0)
            self.columns += [""] * (longest - len(self.columns)) + missing

    def update(self, path: str, known: Mapping[str, str]) -> bool:
        """What is known of a photo by its path, as far as there are columns; False where no row is about it."""
        for row in self._of.get(path, []):
            self._fill(row, known)
        return path in self._of

    def append(self, known: Mapping[str, str]) -> None:
        """A new row; what has no column is dropped."""
        row: list[str] = [""] * len(self.columns)
        self._fill(row, known)
        self._rows.append(row)

    def text(self) -> str:
        """Parted by commas, LF at the line ends."""
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([self.columns, *self._rows])
        return text.getvalue()

    def _fill(self, row: list[str], known: Mapping[str, str]) -> None:
        for name, value in known.items():
            at = self._at(name)
            if at is not None:
                row += [""] * (at + 1 - len(row))
                row[at] = value

    def _at(self, name: str) -> int | None:
        """Of columns of one name the last, which is the one that is read."""
        places = [at for at, column in enumerate(self.columns) if column == name]
        return places[-1] if places else None
