"""A full, read-only or failing disk degrades the record; the watching never notices."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.errors import EXIT_CONFIG, StoreError, StoreFault
from edge.store import condition, writer
from edge.store.store import Store
from tests.store import visits
from tests.store.conftest import Folder
from tests.store.test_crash import PROJECT, wait_until
from tests.store.visits import change, moment, run, sighting, visit

# One megabyte is enough for the rows of a test.
SETTINGS = visits.SETTINGS.model_copy(update={"reserve_mb": 1})


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sick disk is tried again at once."""
    for module in (condition, writer):
        monkeypatch.setattr(module, "RETRY_EVERY_S", 0.05)


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
        assert store.settle(5)
        break_fsync(number)
        store.record(visit(sighting()))
        assert store.settle(5)
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
        assert store.settle(5)
        monkeypatch.setattr("edge.store.durable.sync_folder", fail)
        store.record(visit(sighting()))
        assert store.settle(5)
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
            assert store.settle(5)
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
        assert store.settle(5)
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
        assert store.settle(5)
        slug = sighting(1)
        with locked(folder):
            store.record(visit(slug))
            wait_until(lambda: store.health().state == "failing")
            assert len(list(folder.path.glob("photos/??/*.jpg"))) == 1  # no photo waits without its row
        assert store.settle(10)
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


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a note")
    with pytest.raises(StoreError, match=r"data.*--data") as refused:
        Store.open(tmp_path / "data", SETTINGS, run())
    assert refused.value.exit_code == EXIT_CONFIG


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in another way")
def test_a_folder_without_the_right_to_write_is_named(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from edge.errors import StoreError;"
        "from edge.store.store import Store; from tests.store.visits import SETTINGS, run\n"
        "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "try: Store.open(Path(sys.argv[1]), SETTINGS, run())\n"
        "except StoreError as error: sys.exit(f'{error.exit_code} {error}')\n"
    )
    data = tmp_path / "data"
    data.mkdir(mode=0o555)
    for parent in tmp_path.parents:  # another user must be able to reach the folder
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    tmp_path.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", script, str(data)], cwd=PROJECT, capture_output=True, text=True, timeout=30
    )
    assert done.stderr.startswith("78 expected a folder to write in")
    assert "EACCES" in done.stderr


class Disk:
    """A small file system of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def mount(self, *options: str) -> None:
        mounted("mount", *options, str(self.path))

    def remount(self) -> None:
        """As after a reboot."""
        subprocess.run(["umount", str(self.path)], check=True)
        self.mount("-o", "loop", str(self.path.with_suffix(".img")))

    def fill(self) -> None:
        """Not one byte is left."""
        with open(self.path / "filler", "ab", buffering=0) as file:
            for size in (64 * 1024, 4096, 512, 1):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    continue  # no room for so much; a smaller piece may fit

    def make_room(self) -> None:
        (self.path / "filler").unlink()


def mounted(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"cannot mount ({done.stderr.strip()}); run `make test-system` as root")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Disk]:
    """8 MB of tmpfs."""
    disk = Disk(tmp_path / "small")
    disk.path.mkdir()
    disk.mount("-t", "tmpfs", "-o", "size=8m", "tmpfs")
    yield disk
    subprocess.run(["umount", "-l", str(disk.path)], check=True)


@pytest.mark.system
def test_rows_go_on_while_a_real_disk_is_full_and_photos_come_back(small: Disk) -> None:
    folder = Folder(small.path / "data")
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting(0)))
        wait_until(lambda: (folder.path / "gardenwatch.reserve").exists())
        assert store.settle(5)
        small.fill()
        for second in range(1, 41):
            store.record(visit(sighting(second)))
            assert store.settle(10)
        assert (store.health().state, store.health().rows) == ("disk_full", 41)
        folder.assert_sound()
        small.make_room()
        wait_until(lambda: store.health().state == "ok")
        store.record(visit(sighting(100)))
    assert folder.query("SELECT count(*), count(path) FROM photos") == [(42, 2)]
    assert folder.query("SELECT DISTINCT missing FROM photos WHERE path IS NULL") == [("disk_full",)]
    folder.assert_sound()


@pytest.mark.system
def test_starts_on_a_full_disk_with_the_reserve_of_the_last_run(small: Disk) -> None:
    folder = Folder(small.path / "data")
    with Store.open(folder.path, SETTINGS, run()) as store:
        wait_until(lambda: (folder.path / "gardenwatch.reserve").exists())
    small.fill()
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting()))
        assert store.settle(10)
        assert (store.health().state, store.health().rows) == ("disk_full", 1)


@pytest.mark.system
def test_a_disk_without_room_for_a_database_is_named(small: Disk) -> None:
    small.fill()
    with pytest.raises(StoreFault, match=r"full disk.*delete something"):
        Store.open(small.path / "data", SETTINGS, run())


@pytest.mark.system
def test_a_disk_without_inodes_costs_photos_only(small: Disk) -> None:
    small.mount("-o", "remount,nr_inodes=20")
    folder = Folder(small.path / "data")
    with Store.open(folder.path, SETTINGS, run()) as store:
        for second in range(30):
            store.record(visit(sighting(second)))
            assert store.settle(10)
        assert store.health().rows == 30
    folder.assert_sound()


@pytest.mark.system
def test_a_read_only_folder_is_named(small: Disk) -> None:
    small.mount("-o", "remount,ro")
    with pytest.raises(StoreFault, match="EROFS"):
        Store.open(small.path / "data", SETTINGS, run())


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Disk]:
    """32 MB of ext4 that goes read-only at its first error, as an SD card's does."""
    disk = Disk(tmp_path / "card")
    disk.path.mkdir()
    image = tmp_path / "card.img"
    with open(image, "wb") as file:
        file.truncate(32 * 1024 * 1024)
    mounted("mkfs.ext4", "-q", "-m", "0", "-e", "remount-ro", str(image))
    disk.mount("-o", "loop", str(image))
    yield disk
    subprocess.run(["umount", "-l", str(disk.path)], check=True)


def fail(card: Disk) -> None:
    """The kernel's own switch for testing: the file system takes itself for damaged."""
    device = os.stat(card.path).st_dev
    name = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve().name
    switch = Path("/sys/fs/ext4") / name / "trigger_fs_error"
    if not switch.exists():
        pytest.skip(f"this kernel has no {switch}")
    switch.write_text("test")


@pytest.mark.system
def test_a_card_that_turns_read_only_is_a_state_and_what_was_durable_stays(card: Disk) -> None:
    folder = Folder(card.path / "data")
    store = Store.open(folder.path, SETTINGS, run())
    store.record(visit(sighting(0)))
    assert store.settle(5)
    fail(card)
    store.record(visit(sighting(1)))
    wait_until(lambda: store.health().state != "ok")
    assert store.health().state in ("read_only", "failing")
    assert store.health().queued <= 1
    assert store.close(timeout_s=5)
    assert store.health().lost == 1
    card.remount()
    Store.open(folder.path, SETTINGS, run()).close()
    folder.assert_sound()
    assert folder.query("SELECT count(*) FROM sightings") == [(1,)]
