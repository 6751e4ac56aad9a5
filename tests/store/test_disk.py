"""A full, read-only or failing disk degrades the record; the watching never notices."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.store.store import Store
from tests.store.conftest import Folder
from tests.store.test_crash import wait_until
from tests.store.visits import SMALL_RESERVE as SETTINGS
from tests.store.visits import change, moment, run, sighting, visit

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def break_fsync(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Lets each fsync of the store's own files fail with that error number, or work again."""
    current: list[int | None] = [None]
    fsync = os.fsync

    def failing(descriptor: int) -> None:
        if current[0] is not None:
            raise OSError(current[0], os.strerror(current[0]))
        fsync(descriptor)

    monkeypatch.setattr("edge.store.durable.os.fsync", failing)

    def use(number: int | None) -> None:
        current[0] = number

    return use


@pytest.mark.parametrize(
    ("number", "state", "missing"),
    [
        (errno.ENOSPC, "disk_full", "disk_full"),
        (errno.EDQUOT, "disk_full", "disk_full"),
        (errno.EROFS, "read_only", "disk_failing"),
        (errno.EIO, "failing", "disk_failing"),
    ],
)
def test_a_photo_that_does_not_fit_costs_only_itself(
    folder: Folder, break_fsync: Callable[[int | None], None], number: int, state: str, missing: str
) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting()))
        assert store.settle(60)
        break_fsync(number)
        store.record(visit(sighting()))
        assert store.settle(60)
        health = store.health()
        assert (health.state, health.rows, health.lost) == (state, 2, 0)
        assert errno.errorcode[number] in health.detail
    assert folder.query("SELECT missing FROM photos WHERE path IS NULL") == [(missing,)]
    folder.assert_sound()


def test_a_photo_whose_name_is_not_durable_is_not_left_behind(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(of: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting()))
        assert store.settle(60)
        monkeypatch.setattr("edge.store.durable.sync_folder", fail)
        store.record(visit(sighting()))
        assert store.settle(60)
    assert len(folder.photos()) == 1
    folder.assert_sound()


def test_recovers_by_itself_and_says_each_change_once(
    folder: Folder, break_fsync: Callable[[int | None], None], caplog: pytest.LogCaptureFixture
) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        wait_until(lambda: (folder.path / "gardenwatch.reserve").exists())
        break_fsync(errno.ENOSPC)
        for second in range(5):
            store.record(visit(sighting(second)))
            assert store.settle(60)
        assert not (folder.path / "gardenwatch.reserve").exists()
        break_fsync(None)
        wait_until(lambda: store.health().state == "ok")
        store.record(visit(sighting(60)))
    assert (folder.path / "gardenwatch.reserve").stat().st_size == SETTINGS.reserve_mb * 1024 * 1024
    assert len(folder.photos()) == 1
    changes = [record.getMessage() for record in caplog.records if "store state=" in record.getMessage()]
    assert [line.split(" error=")[0] for line in changes] == [
        "store state=disk_full was=ok",
        "store state=ok was=disk_full",
    ]


def test_a_sighting_that_began_without_room_gets_its_better_photo_later(
    folder: Folder, break_fsync: Callable[[int | None], None]
) -> None:
    slug = sighting()
    with Store.open(folder.path, SETTINGS, run()) as store:
        break_fsync(errno.ENOSPC)
        store.record([change("opened", slug, 40)])
        assert store.settle(60)
        break_fsync(None)
        wait_until(lambda: store.health().state == "ok")
        store.record([change("improved", slug, 90)])
    assert folder.query("SELECT missing FROM photos") == [(None,)]
    folder.assert_sound()


@contextmanager
def locked(folder: Folder) -> Iterator[None]:
    """Somebody else writes into the database, and does not come to an end."""
    other = sqlite3.connect(folder.path / "gardenwatch.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("COMMIT")
        other.close()


def test_a_locked_database_is_waited_for_without_losing_row_or_photo(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.store.schema.BUSY_MS", 50)
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting(0)))
        assert store.settle(60)
        slug = sighting(1)
        with locked(folder):
            store.record(visit(slug))
            wait_until(lambda: store.health().state == "failing")
            assert len(list(folder.path.glob("photos/??/*.jpg"))) == 1  # no photo waits without its row
        assert store.settle(60)
        wait_until(lambda: store.health().state == "ok")
    assert folder.query("SELECT closed FROM sightings WHERE id = ?", slug.id) == [(1,)]
    assert len(folder.photos()) == 2
    folder.assert_sound()


def test_effort_is_written_while_watching_and_waits_for_a_locked_database(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.store.schema.BUSY_MS", 50)
    monkeypatch.setattr("edge.store.writer.EFFORT_EVERY_S", 0.05)
    with Store.open(folder.path, SETTINGS, run()) as store:
        wait_until(lambda: (folder.path / "gardenwatch.reserve").exists())
        with locked(folder):
            store.effort(moment(1), 1.5)
            wait_until(lambda: store.health().state == "failing")
        wait_until(lambda: folder.query("SELECT kind, seconds FROM effort") == [("watched", 1.5)])


def test_what_a_failing_disk_did_not_let_go_is_removed_once_it_is_well(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo that could not be made durable could not be removed either."""
    unlink = Path.unlink

    def fail(of: Path) -> None:
        if of.name != "photos":
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def stuck(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".jpg":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        unlink(path, missing_ok)

    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting(0)))
        assert store.settle(60)
        with monkeypatch.context() as sick:
            sick.setattr("edge.store.durable.sync_folder", fail)
            sick.setattr(Path, "unlink", stuck)
            sick.setattr("edge.store.condition.Condition.check", lambda *_: False)
            store.record(visit(sighting(1)))
            assert store.settle(60)
            wait_until(lambda: store.health().state == "failing")
            assert len(folder.photos() - folder.named_photos()) == 1
        wait_until(lambda: store.health().state == "ok")
        wait_until(lambda: folder.photos() == folder.named_photos())
    folder.assert_sound()
