"""What a reader sees of the record."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.errors import EXIT_CONFIG, EXIT_USAGE, StoreError, UsageError
from edge.records import Box
from edge.store.filter import Filter
from edge.store.reading import Row, Sightings
from edge.store.store import Store
from tests.programs import SLOW_S
from tests.rights import without_rights
from tests.store.conftest import Folder
from tests.store.test_crash import PROJECT
from tests.store.visits import SETTINGS, START, change, moment, run, sighting, visit


@pytest.fixture
def day(folder: Folder) -> Iterator[Folder]:
    """A watcher, still running, that has seen a bee, a slug, and an ant."""
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting(10, "bee", "beneficial", 0.9)))
        store.record(visit(sighting(20, "slug", "pest", 0.6)))
        store.record(visit(sighting(30, "ant", "neutral", 0.7)))
        assert store.settle(60)
        yield folder


def labels(folder: Folder, **wanted: Any) -> list[str]:
    with Sightings(folder.path) as record:
        return [row.label for row in record.rows(Filter(**wanted))]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["ant", "slug", "bee"]),
        ({"limit": 2}, ["ant", "slug"]),
        ({"label": "slug"}, ["slug"]),
        ({"role": "beneficial"}, ["bee"]),
        ({"min_confidence": 0.7}, ["ant", "bee"]),
        ({"since": START + timedelta(seconds=20)}, ["ant", "slug"]),
        ({"until": START + timedelta(seconds=20)}, ["bee"]),
        ({"since": START, "role": "pest", "min_confidence": 0.7}, []),
    ],
)
def test_newest_first_and_only_what_is_wanted(day: Folder, wanted: dict[str, Any], expected: list[str]) -> None:
    assert labels(day, **wanted) == expected


def test_what_was_found_to_be_no_animal_is_given_only_where_it_is_asked_for(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting(10, "bee", "beneficial", 0.9)))
        store.record(visit(sighting(20, "background", "background", 0.8)))
        assert store.settle(60)
        assert labels(folder) == ["bee"]
        assert labels(folder, role="background") == labels(folder, label="background") == ["background"]


def test_times_are_the_site_s(day: Folder) -> None:
    with Sightings(day.path) as record:
        row = next(record.rows(Filter(label="bee")))
        assert row.first_seen.isoformat() == "2026-05-01T14:00:10+08:00"
        assert record.at_site(moment(0).wall).isoformat() == "2026-05-01T14:00:00+08:00"


def test_without_a_zone_the_offset_of_the_run_counts(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run(timezone=None)) as store:
        store.record(visit(sighting(10)))
    (row,) = read(folder)
    assert row.first_seen.isoformat() == "2026-05-01T06:00:10+00:00"


def read(folder: Folder) -> list[Row]:
    with Sightings(folder.path) as record:
        return list(record.rows())


def test_the_box_is_the_one_of_the_photo_that_is_there(folder: Folder) -> None:
    slug = sighting(10)
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([change("opened", slug, 40)])
    (row,) = read(folder)
    assert row.box == Box(100, 50, 40, 30)
    assert (row.photo is not None, row.photo_missing, row.clock, row.model_id) == (True, None, "trusted", "tiny-1")


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_without_a_database_is_a_wrong_command(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path / "data"
    if exists:
        folder.mkdir()
    with pytest.raises(UsageError, match="--data") as refused:
        Sightings(folder)
    assert refused.value.exit_code == EXIT_USAGE
    assert not (folder / "gardenwatch.db").exists()


def test_a_newer_schema_is_refused(day: Folder) -> None:
    day.execute("PRAGMA user_version = 999")
    with pytest.raises(StoreError, match="newer Gardenwatch"):
        Sightings(day.path)


def test_an_older_schema_is_refused_with_what_to_do(day: Folder) -> None:
    day.execute("PRAGMA user_version = 0")
    with pytest.raises(StoreError, match="gardenwatch run"):
        Sightings(day.path)


def test_a_file_of_no_bytes_is_called_empty_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "gardenwatch.db").touch()
    with pytest.raises(StoreError) as refused:
        Sightings(tmp_path)
    assert "empty" in refused.value.found
    assert "gardenwatch run" in refused.value.todo


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "gardenwatch.db").write_bytes(b"no database " * 1000)
    with pytest.raises(StoreError, match="not a database"):
        Sightings(tmp_path)


@pytest.mark.parametrize("page", [b"\xff" * 4096, b"\x0d" + bytes(4095)])
def test_a_damaged_page_is_named_with_what_to_do(folder: Folder, page: bytes) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        for second in range(40):
            store.record(visit(sighting(second)))
        assert store.settle(60)
    ((root,),) = folder.query("SELECT rootpage FROM sqlite_schema WHERE name = 'sightings'")
    with open(folder.path / "gardenwatch.db", "r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(page)
    with Sightings(folder.path) as record:
        with pytest.raises(StoreError, match=r"whole database in .*found a damaged one .*rename that file") as caught:
            list(record.rows())
        assert caught.value.exit_code == EXIT_CONFIG


@pytest.mark.parametrize("closed", ["data", "gardenwatch.db"])
def test_a_record_without_the_right_to_read_is_named_with_what_to_do(day: Folder, closed: str) -> None:
    target = day.path if closed == "data" else day.path / closed
    with (
        without_rights(target),
        pytest.raises(StoreError, match=r"can be read in .*; give this user the right"),
    ):
        Sightings(day.path)


def test_reading_changes_nothing(day: Folder) -> None:
    with Sightings(day.path) as record, pytest.raises(Exception, match="readonly"):
        record._db.execute("DELETE FROM sightings")


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="needs another user: `make test-system` as root"
)
@pytest.mark.system
def test_a_copy_on_a_card_that_cannot_be_written_is_read(folder: Folder, tmp_path: Path) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting(10)))
    card = tmp_path / "card"
    shutil.copytree(folder.path, card)
    subprocess.run(["mount", "--bind", "-o", "ro", str(card), str(card)], check=True)
    try:
        script = (
            "import sys; from pathlib import Path; from edge.store.reading import Sightings\n"
            "with Sightings(Path(sys.argv[1])) as s: print([row.label for row in s.rows()])"
        )
        command = [sys.executable, "-c", script, str(card)]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=SLOW_S)
    finally:
        subprocess.run(["umount", "-l", str(card)], check=True)
    assert done.stdout == "['slug']\n", done.stderr
