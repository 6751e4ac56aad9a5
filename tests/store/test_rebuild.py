"""The database made anew from photos and the journal of verdicts."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from edge.errors import StoreError, UsageError
from edge.store import condition, writer
from edge.store.adopt import adopt
from edge.store.reading import Row, Sightings
from edge.store.rebuild import begin_rebuild, rebuild
from edge.store.rows import end_run, start_run
from edge.store.schema import connect, migrate
from edge.store.store import Store
from edge.store.sweep import Sweep
from edge.store.verdicts import JOURNAL, Verdict, append_verdicts, withdrawals
from tests.programs import SLOW_S
from tests.store.conftest import Folder
from tests.store.test_crash import wait_until
from tests.store.visits import SETTINGS, change, moment, run, sighting, visit


@pytest.fixture
def season(folder: Folder) -> Folder:
    """Three sightings of two runs: a bee, a slug with a better photo, and one judged by a person."""
    with Store.open(folder.path, SETTINGS, run(source="clip.mp4", clock="file")) as store:
        store.record(visit(sighting(1, "bee", "beneficial", source="file")))
    with Store.open(folder.path, SETTINGS, run()) as store:
        slug, ant = sighting(2), sighting(3, "ant", "neutral")
        store.record([change("opened", slug, 30)])
        assert store.settle(60)
        store.record([change("improved", slug, 60), change("closed", slug), *visit(ant)])
        assert store.settle(60)
        append_verdicts(folder.path, [Verdict(ant.id, "earwig", "pest", "Li Hua", moment(99).wall)])
    return folder


def rows(folder: Folder) -> list[Row]:
    with Sightings(folder.path) as record:
        return list(record.rows())


def test_restores_every_sighting_that_has_a_photo(season: Folder) -> None:
    before = rows(season)
    report = rebuild(season.path)
    assert (report.sightings, report.verdicts, report.unreadable) == (3, 1, ())
    assert rows(season) == before
    season.assert_sound()


def test_a_verdict_that_was_taken_back_stays_so(season: Folder) -> None:
    (judged,) = (row for row in rows(season) if row.verdict)
    append_verdicts(season.path, [Verdict(judged.id, "bee", "beneficial", "Wang Wei", moment(100).wall)])
    taken_back = withdrawals(season.path, moment(99).wall, "Li Hua", "Li Hua", moment(101).wall)
    taken_back += withdrawals(season.path, moment(100).wall, "Wang Wei", "Wang Wei", moment(102).wall)
    append_verdicts(season.path, taken_back)
    rebuild(season.path)
    assert [row.verdict for row in rows(season)] == [None, None, None]


def test_says_what_it_cannot_restore(season: Folder) -> None:
    text = " ".join(rebuild(season.path).not_restored)
    for lost in ("when an animal left", "without a photo", "seconds watched", "untrusted clock"):
        assert lost in text
    assert season.query("SELECT count(*) FROM effort") == [(0,)]
    assert season.query("SELECT DISTINCT close_reason FROM sightings") == [("rebuilt",)]


def test_the_earlier_database_is_set_aside_each_time(season: Folder) -> None:
    first = rebuild(season.path).set_aside
    second = rebuild(season.path).set_aside
    assert first is not None
    assert second is not None
    assert first != second
    assert first.exists()
    assert second.exists()


def test_broken_photos_and_torn_verdicts_are_named_and_left(season: Folder) -> None:
    cut = season.path / sorted(season.photos())[0]
    cut.write_bytes(cut.read_bytes()[:-10])
    bare = season.path / "photos" / "ab" / f"{'ab' * 16}-1.jpg"
    bare.parent.mkdir(exist_ok=True)
    Image.new("RGB", (8, 8)).save(bare)
    with open(season.path / JOURNAL, "a") as journal:
        journal.write('{"id": "to')
    report = rebuild(season.path)
    assert report.sightings == 2
    assert set(report.unreadable) == {path.relative_to(season.path).as_posix() for path in (cut, bare)}
    assert report.unreadable_verdicts == 1
    assert cut.exists()
    assert bare.exists()


def test_a_verdict_on_a_sighting_without_photo_is_kept_and_counted(season: Folder) -> None:
    append_verdicts(season.path, [Verdict("0" * 32, "bee", "beneficial", "Li Hua", moment(99).wall)])
    report = rebuild(season.path)
    assert (report.verdicts, report.orphan_verdicts) == (2, 1)


def test_never_while_a_watcher_uses_the_folder(season: Folder) -> None:
    with Store.open(season.path, SETTINGS, run()), pytest.raises(StoreError, match="another gardenwatch"):
        rebuild(season.path)


def test_a_folder_that_is_not_there_is_a_wrong_command(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        rebuild(tmp_path / "nowhere")


@pytest.mark.parametrize("damage", ["gone", "emptied", "overwritten"])
def test_a_start_with_a_lost_database_rebuilds_it_instead_of_starting_empty(
    season: Folder, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = rows(season)
    database = season.path / "gardenwatch.db"
    if damage == "gone":
        database.unlink()
    else:
        database.write_bytes(b"" if damage == "emptied" else b"no database " * 1000)
    with Store.open(season.path, SETTINGS, run()):
        wait_until(lambda: rows(season) == before)
    assert "rebuilding it" in caplog.text


def test_a_new_folder_is_not_rebuilt(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    Store.open(folder.path, SETTINGS, run()).close()
    assert "rebuil" not in caplog.text


class Slow:
    """Adopts photos only once it is told to, and counts them."""

    def __init__(self) -> None:
        self.go_on, self.adopted = threading.Event(), list[str]()

    def adopt(self, db: sqlite3.Connection, file: Path) -> None:
        assert self.go_on.wait(SLOW_S)
        adopt(db, file)
        self.adopted.append(file.name)


def test_a_start_does_not_wait_for_the_photos(season: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows(season)
    (season.path / "gardenwatch.db").unlink()
    slow = Slow()
    monkeypatch.setattr("edge.store.sweep.adopt", slow.adopt)
    with Store.open(season.path, SETTINGS, run()) as store:
        assert rows(season) == []
        slow.go_on.set()
        wait_until(lambda: rows(season) == before)
        store.record(visit(sighting(50)))
    assert len(rows(season)) == 4


def test_new_sightings_do_not_wait_for_a_rebuild(season: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    (season.path / "gardenwatch.db").unlink()
    monkeypatch.setattr("edge.store.sweep.STEP_S", 0.0)  # one photo, then whatever else waits
    started, waiting = threading.Event(), list[int]()

    def adopt_while_an_animal_comes(db: sqlite3.Connection, file: Path) -> None:
        assert started.wait(SLOW_S)
        waiting.append(store.health().queued)
        store.record(visit(sighting(50 + len(waiting))))
        adopt(db, file)

    monkeypatch.setattr("edge.store.sweep.adopt", adopt_while_an_animal_comes)
    with Store.open(season.path, SETTINGS, run()) as store:
        started.set()
        wait_until(lambda: len(rows(season)) == 6)
    assert waiting == [0, 0, 0]
    season.assert_sound()


@pytest.mark.parametrize("stop", ["stop", "crash"])
def test_a_rebuild_that_was_cut_off_goes_on_with_the_next_start(
    season: Folder, monkeypatch: pytest.MonkeyPatch, stop: str
) -> None:
    before = rows(season)
    (season.path / "gardenwatch.db").unlink()
    with closing(connect(season.path / "gardenwatch.db")) as db:
        migrate(db, season.path / "gardenwatch.db")
        begin_rebuild(db, season.path)
        garden = run()
        start_run(db, garden)
        if stop == "stop":
            end_run(db, garden)
        monkeypatch.setattr("edge.store.sweep.STEP_S", 0.0)
        sweep = Sweep(season.path)
        while not db.execute("SELECT 1 FROM sightings").fetchone():
            assert sweep.step(db)
    assert len(rows(season)) == 1
    with Store.open(season.path, SETTINGS, run()):
        wait_until(lambda: rows(season) == before)
        wait_until(lambda: season.query("SELECT * FROM sweep") == [])


def test_a_sweep_goes_on_after_the_database_was_held(season: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows(season)
    (season.path / "gardenwatch.db").unlink()
    for module in (condition, writer):
        monkeypatch.setattr(module, "RETRY_EVERY_S", 0.05)
    monkeypatch.setattr("edge.store.schema.BUSY_MS", 50)
    slow = Slow()
    monkeypatch.setattr("edge.store.sweep.adopt", slow.adopt)
    with Store.open(season.path, SETTINGS, run()) as store:
        with closing(sqlite3.connect(season.path / "gardenwatch.db", isolation_level=None)) as browser:
            browser.execute("BEGIN IMMEDIATE")
            slow.go_on.set()
            wait_until(lambda: store.health().state == "failing")
            browser.execute("COMMIT")
        wait_until(lambda: rows(season) == before)


def test_a_damaged_database_that_was_renamed_comes_back_from_the_photos(season: Folder) -> None:
    """As the listing advises where it meets damage; the log of the old database stays beside."""
    before = rows(season)
    database = season.path / "gardenwatch.db"
    wal = database.with_name("gardenwatch.db-wal")
    with Store.open(season.path, SETTINGS, run()):
        wait_until(lambda: wal.exists() and wal.stat().st_size > 0)
        stale = wal.read_bytes()
    database.rename(season.path / "damaged.db")
    wal.write_bytes(stale)
    with Store.open(season.path, SETTINGS, run()):
        wait_until(lambda: rows(season) == before)
