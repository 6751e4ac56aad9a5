"""A database that is spoilt, in every way there is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from edge.store.store import Store
from tests.faults.record import faults_of
from tests.faults.spoilt import WAYS, spoilt_databases
from tests.store.conftest import Folder
from tests.store.test_crash import wait_until
from tests.store.visits import SETTINGS, change, run, sighting


def test_whatever_became_of_the_database_the_sightings_come_back_and_the_next_is_recorded(tmp_path: Path) -> None:
    assert spoilt_databases(len(WAYS), tmp_path).broken == ()


def test_spoilt_in_the_middle_of_a_run_a_visit_that_goes_on_keeps_its_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, slug = Folder(tmp_path / "data"), sighting()
    spoilt = sqlite3.DatabaseError("database disk image is malformed")
    spoilt.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([change("opened", slug, 40)])
        assert store.settle(60)

        def once(*_: object) -> None:
            monkeypatch.undo()
            raise spoilt

        monkeypatch.setattr("edge.store.rows.insert_sighting", once)
        store.record([change("closed", slug)])
        assert store.settle(60)
        wait_until(lambda: folder.query("SELECT count(*) FROM sweep") == [(0,)])
        assert store.health().state == "ok"
    assert faults_of(folder, {slug.id}) == []
    assert len(list(folder.path.glob("gardenwatch.db.aside-*"))) >= 1


def test_damage_that_no_row_of_the_start_touches_is_found_too(tmp_path: Path) -> None:
    """Of an index that only the page reads."""
    folder, slug = Folder(tmp_path / "data"), sighting()
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([change("opened", slug, 40), change("closed", slug)])
        assert store.settle(60)
    ((page,),) = folder.query("SELECT rootpage FROM sqlite_master WHERE name = 'sightings_judged'")
    with (folder.path / "gardenwatch.db").open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"rubbish " * 512)
    with Store.open(folder.path, SETTINGS, run()):
        wait_until(lambda: folder.query("SELECT count(*) FROM sweep") == [(0,)])
    assert faults_of(folder, {slug.id}) == []
    assert len(list(folder.path.glob("gardenwatch.db.aside-*"))) >= 1
