"""Looking into a data folder as a stranger would: with sqlite3 and Pillow alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from edge.store import condition, writer


class Folder:
    """A data folder seen from outside."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path / "gardenwatch.db")) as db:
            return db.execute(sql, values).fetchall()

    def execute(self, sql: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.path / "gardenwatch.db")) as db, db:
            db.execute(sql, values)

    def photos(self) -> set[str]:
        """All files under photos/, whatever they are."""
        files = (self.path / "photos").rglob("*")
        return {file.relative_to(self.path).as_posix() for file in files if file.is_file()}

    def named_photos(self) -> set[str]:
        best = {path for (path,) in self.query("SELECT path FROM photos WHERE path IS NOT NULL")}
        return best | set(self.further_photos())

    def further_photos(self) -> list[str]:
        """Paths, the oldest first within a sighting."""
        rows = self.query("SELECT sighting_id, number FROM further_photos ORDER BY 1, 2")
        return [f"photos/{id[:2]}/{id}-more-{number}.jpg" for id, number in rows]

    def assert_sound(self) -> None:
        """Each row's photo is there and decodes, no file is left over, the database is whole."""
        assert self.query("PRAGMA integrity_check") == [("ok",)]
        assert self.photos() == self.named_photos()
        for path in self.named_photos():
            with Image.open(self.path / path) as image:
                image.load()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sick disk is tried again at once."""
    for module in (condition, writer):
        monkeypatch.setattr(module, "RETRY_EVERY_S", 0.05)
