"""The database's shape, and how it grows."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge.errors import EXIT_CONFIG, StoreError
from edge.store import rows, schema
from edge.store.store import Store
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, run, sighting, visit


def test_a_newer_schema_is_refused_and_left_as_it_is(folder: Folder) -> None:
    Store.open(folder.path, SETTINGS, run()).close()
    newer = schema.newest() + 1
    folder.execute(f"PRAGMA user_version = {newer}")
    before = (folder.path / "gardenwatch.db").read_bytes()
    with pytest.raises(StoreError) as refused:
        Store.open(folder.path, SETTINGS, run())
    assert refused.value.exit_code == EXIT_CONFIG
    assert f"schema {newer}" in refused.value.found
    assert "install that newer version" in refused.value.todo
    assert (folder.path / "gardenwatch.db").read_bytes() == before


def test_a_committed_row_survives_a_power_cut_and_readers_do_not_lock(tmp_path: Path) -> None:
    with closing(schema.connect(tmp_path / "a.db")) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_a_migration_that_fails_leaves_the_earlier_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = tmp_path / "migrations"
    steps.mkdir()
    (steps / "0001_first.sql").write_text("CREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n")
    (steps / "0002_more.sql").write_text("CREATE TABLE b (x);\nINSERT INTO nowhere VALUES (1);\n")
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    with closing(schema.connect(tmp_path / "a.db")) as db:
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            schema.migrate(db, tmp_path / "a.db")
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("SELECT name FROM sqlite_schema").fetchall() == [("a",)]
        (steps / "0002_more.sql").write_text("CREATE TABLE b (x);\n")
        schema.migrate(db, tmp_path / "a.db")
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        assert db.execute("SELECT x FROM a").fetchall() == [(1,)]


def test_a_database_of_the_first_schema_keeps_its_corrected_times(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "migrations"
    first.mkdir()
    shutil.copy(schema.MIGRATIONS / "0001_first.sql", first)
    folder.path.mkdir()
    garden, slug = run(clock="untrusted"), sighting(10)
    with closing(schema.connect(folder.path / schema.DATABASE)) as db, monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", first)
        schema.migrate(db, folder.path / schema.DATABASE)
        rows.start_run(db, garden)
        values = rows._sighting_values(garden.id, slug, "left")
        del values["margin"]  # of the fifth schema
        rows._upsert(db, "sightings", values, "id")
        db.execute("INSERT INTO clock_offsets VALUES (1, 'boot-1', 5e8, 'phone', '2026-05-01')")
    before = folder.query("SELECT clock, tick_zero_at, first_at FROM current")
    assert before == [("corrected", 5e8, 5e8 + slug.first_seen.tick_s)]
    Store.open(folder.path, SETTINGS, run()).close()
    assert folder.query("PRAGMA user_version") == [(schema.newest(),)]
    assert folder.query("SELECT clock, tick_zero_at, first_at FROM current") == before
    assert folder.query("SELECT applied FROM clock_offsets") == [(1,)]
    assert folder.query("SELECT round(margin, 6) FROM sightings") == [(0.6,)]


def test_every_migration_has_its_own_number() -> None:
    numbers = [file.name[:4] for file in schema.MIGRATIONS.glob("*.sql")]
    assert sorted(numbers) == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_a_row_cannot_name_a_photo_and_say_why_there_is_none(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting()))
    with pytest.raises(sqlite3.IntegrityError):
        folder.execute("UPDATE photos SET missing = 'disk_full'")
