"""Photos of the chosen set that lie in the wrong class: found, moved with one click, moved back."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from training import journal
from training.errors import TrainingError
from training.fix.answers import TABLE, YES, Row, read_rows, write_rows
from training.language import _
from training.layout import is_prepared
from training.places import moving, read_places
from training.studio.workspace import Workspace

_one_at_a_time = threading.Lock()
"""Two answers may be clicked at once, and each writes the whole list anew."""


class Suspects:
    """Of the photos that the chosen set was made of, in the files that `gardenwatch-train fix` writes and reads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.photos, _changed = workspace.photos()
        self.folder = workspace.root / "suspects" / self.photos.name

    def find(self, weights: str) -> int:
        """How many there are of those that nobody has answered yet. Changes nothing in the set.

        Raises TrainingError, also where the weights cannot be had.
        """
        from training.fix.suggest import suggest  # loads torch

        journal.settle(self.photos)
        return len(suggest(self.photos, self.folder, weights).rows)

    def open(self) -> list[Row]:
        """Those that wait for an answer, the surest first."""
        table = self.folder / TABLE
        if not table.is_file():
            return []
        return [row for row in self._rows() if not row.move and (self.photos / row.photo).is_file()]

    def move(self, row: Row, label: str) -> None:
        """Into that class, and out of the list."""
        with _one_at_a_time:
            places = read_places(self.photos)
            if row.photo not in places.photos:
                raise TrainingError(_("a photo {name}").format(name=row.photo), _("none"), _("look for suspects again"))
            journal.apply(self.photos, moving(places, [(row.photo, label)]))
            self._answer(row, replace(row, proposed=label, move="y"))
            self._changed()

    def leave(self, row: Row) -> None:
        """It is right as it is, and is not asked again."""
        with _one_at_a_time:
            self._answer(row, replace(row, move="n"))

    def undo(self) -> int:
        """The last move is taken back, and asked again. Raises UsageError where there is none."""
        with _one_at_a_time:
            count = journal.undo(self.photos, "fix")
            back = [
                replace(row, move="") if row.move in YES and (self.photos / row.photo).is_file() else row
                for row in self._rows()
            ]
            write_rows(self.folder / TABLE, back)
            self._changed()
            return count

    def path(self, row: Row) -> Path:
        return self.photos / row.photo

    def _rows(self) -> list[Row]:
        table = self.folder / TABLE
        return [row for _line, row in read_rows(table)] if table.is_file() else []

    def _answer(self, row: Row, answered: Row) -> None:
        rows: Sequence[Row] = self._rows()
        write_rows(self.folder / TABLE, [answered if one.photo == row.photo else one for one in rows])

    def _changed(self) -> None:
        """The set that is trained on is made anew of these photos, before it is used the next time."""
        if not is_prepared(self.photos):
            self._workspace.choose(self._workspace.dataset(), self.photos, changed=True)
