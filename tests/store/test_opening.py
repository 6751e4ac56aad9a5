"""What hinders a start, and whether trying again may help."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge.errors import EXIT_CONFIG, EXIT_FAULT, GardenwatchError
from edge.store.store import Store
from tests.rights import without_rights
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, run


def refused(data: Path) -> GardenwatchError:
    with pytest.raises(GardenwatchError) as caught:
        Store.open(data, SETTINGS, run())
    return caught.value


def test_a_database_that_another_program_holds_is_tried_again_by_systemd(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.store.schema.BUSY_MS", 50)
    Store.open(folder.path, SETTINGS, run()).close()
    with closing(sqlite3.connect(folder.path / "gardenwatch.db", isolation_level=None)) as browser:
        browser.execute("BEGIN EXCLUSIVE")
        error = refused(folder.path)
    assert error.exit_code == EXIT_FAULT
    assert "another program" in error.found
    assert "close the program" in error.todo
    Store.open(folder.path, SETTINGS, run()).close()


@pytest.mark.parametrize(
    ("number", "told"), [(errno.ENOSPC, "full disk"), (errno.EROFS, "read-only"), (errno.EIO, "EIO")]
)
def test_a_sick_disk_is_tried_again_by_systemd(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr("edge.store.durable.os.fsync", fail)
        error = refused(folder.path)
    assert error.exit_code == EXIT_FAULT
    assert told in error.found
    Store.open(folder.path, SETTINGS, run()).close()


def test_a_folder_without_the_right_to_write_waits_for_a_person(folder: Folder) -> None:
    folder.path.mkdir()
    with without_rights(folder.path, 0o555):
        error = refused(folder.path)
    assert error.exit_code == EXIT_CONFIG
    assert "give this user the right" in error.todo


def test_a_database_without_the_right_to_write_waits_for_a_person(folder: Folder) -> None:
    Store.open(folder.path, SETTINGS, run()).close()
    for path in (folder.path, *folder.path.rglob("*")):
        path.chmod(0o777)
    with without_rights(folder.path / "gardenwatch.db", 0o444):
        error = refused(folder.path)
    assert error.exit_code == EXIT_CONFIG
    assert "give this user the right" in error.todo


@pytest.mark.parametrize("name", ["", "photos", "gardenwatch.lock"])
def test_something_else_in_place_of_folder_or_file_waits_for_a_person(folder: Folder, name: str) -> None:
    if name != "gardenwatch.lock":
        (folder.path / name).parent.mkdir(exist_ok=True)
        (folder.path / name).write_text("a note")
    else:
        (folder.path / name).mkdir(parents=True)
    error = refused(folder.path)
    assert error.exit_code == EXIT_CONFIG
    assert "something else of that name" in error.found


def test_a_folder_in_place_of_the_database_waits_for_a_person(folder: Folder) -> None:
    (folder.path / "gardenwatch.db").mkdir(parents=True)
    assert refused(folder.path).exit_code == EXIT_CONFIG
