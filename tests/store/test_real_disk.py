"""Real small file systems that fill up or fail under the store."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge.errors import StoreFault
from edge.records import Change, Shot
from edge.settings import RetentionSettings
from edge.store import retention
from edge.store.store import Store
from tests.store.conftest import Folder
from tests.store.test_crash import wait_until
from tests.store.visits import SMALL_RESERVE as SETTINGS
from tests.store.visits import run, sighting, visit

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("impatient")]


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


def test_rows_go_on_while_a_real_disk_is_full_and_photos_come_back(small: Disk) -> None:
    folder = Folder(small.path / "data")
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting(0)))
        wait_until(lambda: (folder.path / "gardenwatch.reserve").exists())
        assert store.settle(60)
        small.fill()
        for second in range(1, 41):
            store.record(visit(sighting(second)))
            assert store.settle(60)
        assert (store.health().state, store.health().rows) == ("disk_full", 41)
        folder.assert_sound()
        small.make_room()
        wait_until(lambda: store.health().state == "ok")
        store.record(visit(sighting(100)))
    assert folder.query("SELECT count(*), count(path) FROM photos") == [(42, 2)]
    assert folder.query("SELECT DISTINCT missing FROM photos WHERE path IS NULL") == [("disk_full",)]
    folder.assert_sound()


def test_a_small_disk_never_fills_and_the_newest_photos_are_there(small: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times as many photos as fit."""
    monkeypatch.setattr(retention, "CHECK_S", 0.0)
    bounded = SETTINGS.model_copy(update={"retention": RetentionSettings(free_mb=500)})
    folder, rng = Folder(small.path / "data"), np.random.default_rng(4)
    seen = [sighting(second) for second in range(200)]
    with Store.open(folder.path, bounded, run()) as store:
        for one in seen:
            noise = rng.integers(0, 255, (320, 320, 3), np.uint8)
            store.record([Change("opened", one, Shot(noise, one.box, one.box_moment)), Change("closed", one)])
            assert store.settle(60)
            wait_until(lambda: shutil.disk_usage(small.path).free > 300_000)
        assert store.health().state == "ok"
    assert folder.query("SELECT count(*) FROM sightings") == [(200,)]
    assert folder.query("SELECT DISTINCT missing FROM photos WHERE path IS NULL") == [("expired",)]
    there = {id for (id,) in folder.query("SELECT sighting_id FROM photos WHERE path IS NOT NULL")}
    assert {one.id for one in seen[-20:]} <= there
    assert seen[0].id in there, "the first of its day"
    folder.assert_sound()


def test_starts_on_a_full_disk_with_the_reserve_of_the_last_run(small: Disk) -> None:
    folder = Folder(small.path / "data")
    with Store.open(folder.path, SETTINGS, run()) as store:
        wait_until(lambda: (folder.path / "gardenwatch.reserve").exists())
    small.fill()
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting()))
        assert store.settle(60)
        assert (store.health().state, store.health().rows) == ("disk_full", 1)


def test_a_disk_without_room_for_a_database_is_named(small: Disk) -> None:
    small.fill()
    with pytest.raises(StoreFault, match=r"full disk.*delete something"):
        Store.open(small.path / "data", SETTINGS, run())


def test_a_disk_without_inodes_costs_photos_only(small: Disk) -> None:
    small.mount("-o", "remount,nr_inodes=20")
    folder = Folder(small.path / "data")
    with Store.open(folder.path, SETTINGS, run()) as store:
        for second in range(30):
            store.record(visit(sighting(second)))
            assert store.settle(60)
        assert store.health().rows == 30
    folder.assert_sound()


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


def test_a_card_that_turns_read_only_is_a_state_and_what_was_durable_stays(card: Disk) -> None:
    folder = Folder(card.path / "data")
    store = Store.open(folder.path, SETTINGS, run())
    store.record(visit(sighting(0)))
    assert store.settle(60)
    fail(card)
    store.record(visit(sighting(1)))
    wait_until(lambda: store.health().state != "ok")
    assert store.health().state in ("read_only", "failing")
    assert store.health().queued <= 1
    assert store.close(timeout_s=60)
    assert store.health().lost == 1
    card.remount()
    Store.open(folder.path, SETTINGS, run()).close()
    folder.assert_sound()
    assert folder.query("SELECT count(*) FROM sightings") == [(1,)]
