"""Further photos of a visit come after all else, and go with the best one."""

from __future__ import annotations

import os
import shutil
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.settings import RetentionSettings
from edge.store import further as module
from edge.store import retention
from edge.store.deletion import delete_photo
from edge.store.photo_record import from_photo
from edge.store.photos import Photos
from edge.store.rebuild import rebuild
from edge.store.retention import Retention
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from edge.store.verify import verify
from tests.programs import SLOW_S
from tests.store.conftest import Folder
from tests.store.test_crash import wait_until
from tests.store.visits import SETTINGS, START, change, run, sighting, visit

ID = "ab" * 16
THREE = [f"photos/ab/{ID}-more-{number}.jpg" for number in (1, 2, 3)]


@pytest.fixture
def garden(folder: Folder) -> Folder:
    """One visit with three of them."""
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting(10, id=ID), further=3))
    return folder


def faults(folder: Folder) -> list[str]:
    return [fault.kind for step in verify(folder.path) for fault in step.faults]


def test_they_lie_beside_the_best_photo_each_with_its_record(garden: Folder) -> None:
    assert garden.further_photos() == THREE
    garden.assert_sound()
    assert faults(garden) == []
    record = from_photo(garden.path / THREE[1])
    assert (record.sighting.id, record.number, tuple(record.sighting.box)) == (ID, 2, (111, 50, 40, 30))
    assert record.taken.wall == record.sighting.box_moment.wall > sighting(10).box_moment.wall


def test_a_visit_does_not_wait_for_the_further_photos_of_another(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, write = threading.Event(), Photos.write

    def writes_slowly(self: Photos, *what: Any) -> Any:
        if len(what) == 3:  # a further one
            slow.wait(SLOW_S)
        return write(self, *what)

    monkeypatch.setattr(Photos, "write", writes_slowly)
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([*visit(sighting(10, id=ID), further=3), *visit(sighting(20, id="cd" * 16))])
        assert store.settle(60), "both rows are there, and no further photo yet"
        assert folder.query("SELECT count(*) FROM sightings WHERE closed") == [(2,)]
        slow.set()
    assert folder.further_photos() == THREE


def test_a_stop_does_not_wait_for_them_longer_than_it_may(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LAST_S", 0.0)
    store = Store.open(folder.path, SETTINGS, run())
    monkeypatch.setattr(store._writer, "_did_a_chore", lambda: False)
    store.record(visit(sighting(10, id=ID), further=3))
    assert store.close(60)
    assert folder.further_photos() == []
    assert folder.query("SELECT end_reason FROM runs") == [("stop",)]
    folder.assert_sound()


def test_without_the_best_photo_there_are_none(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        opened, closed = visit(sighting(10, id=ID), further=3)
        store.record([change("opened", opened.sighting), closed])
    assert folder.photos() == set()
    folder.assert_sound()


def test_a_full_disk_keeps_none_and_counts_on(folder: Folder, monkeypatch: pytest.MonkeyPatch, impatient: None) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting(10, id=ID)))
        assert store.settle(60)
        with monkeypatch.context() as full:
            full.setattr(Photos, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
            store.record(visit(sighting(20, id="cd" * 16), further=3))
            assert store.settle(60)
    assert folder.query("SELECT missing FROM photos WHERE sighting_id = ?", "cd" * 16) == [("disk_full",)]
    assert folder.further_photos() == []
    folder.assert_sound()


def test_who_deletes_a_photo_deletes_all_of_that_visit(garden: Folder) -> None:
    assert delete_photo(garden.path, ID)
    assert garden.photos() == set()
    garden.assert_sound()


def test_they_expire_together_with_the_best_photo(garden: Folder) -> None:
    with closing(connect(garden.path / DATABASE)) as db:
        keeper = Retention(garden.path, RetentionSettings(free_mb=0, max_age_days=1))
        later = START.replace(year=START.year + 1)
        while keeper.step(db, later):
            pass
    assert garden.photos() == set()
    assert garden.query("SELECT missing FROM photos") == [("expired",)]
    garden.assert_sound()


def test_what_a_person_judged_keeps_them(garden: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    append_verdicts(garden.path, [Verdict(ID, "bee", "beneficial", "Li Hua", START)])
    nothing_free = shutil._ntuple_diskusage(10**12, 10**12, 0)  # type: ignore[attr-defined]
    monkeypatch.setattr(retention.shutil, "disk_usage", lambda _path: nothing_free)
    with closing(connect(garden.path / DATABASE)) as db:
        keeper = Retention(garden.path, RetentionSettings())
        while keeper.step(db, None):
            pass
    assert keeper.missing == "disk_full"
    assert garden.further_photos() == THREE


def crashed(folder: Folder) -> None:
    folder.execute("UPDATE runs SET end_reason = NULL")


def mended(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run()):
        wait_until(lambda: folder.query("SELECT count(*) FROM sweep") == [(0,)])


def test_one_whose_row_was_not_yet_written_is_taken_in_after_a_crash(garden: Folder) -> None:
    crashed(garden)
    before = garden.query("SELECT * FROM further_photos")
    garden.execute("DELETE FROM further_photos WHERE number > 1")
    assert faults(aged(garden)) == ["photo_without_row"] * 2
    mended(garden)
    assert garden.query("SELECT * FROM further_photos") == before
    garden.assert_sound()


def test_one_that_was_to_go_with_the_best_photo_goes_after_a_crash(garden: Folder) -> None:
    crashed(garden)
    garden.execute("DELETE FROM further_photos")
    garden.execute("UPDATE photos SET path = NULL, sha256 = NULL, missing = 'deleted'")
    mended(garden)
    assert not set(THREE) & garden.photos()


def test_a_rebuild_brings_them_back(garden: Folder) -> None:
    before = garden.query("SELECT * FROM further_photos")
    report = rebuild(garden.path)
    assert (report.sightings, report.unreadable) == (1, ())
    assert garden.query("SELECT * FROM further_photos") == before
    garden.assert_sound()


def test_one_that_is_gone_or_changed_is_named(garden: Folder) -> None:
    (garden.path / THREE[0]).unlink()
    (garden.path / THREE[1]).write_bytes(b"another")
    assert sorted(faults(garden)) == ["photo_changed", "photo_gone"]


def aged(folder: Folder) -> Folder:
    """Old enough that no watcher can still be about to write their rows."""
    for path in folder.photos():
        os.utime(Path(folder.path / path), (time.time() - 1000,) * 2)
    return folder
