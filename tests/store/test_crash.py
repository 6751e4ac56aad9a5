"""kill -9 at any moment: what was reported is there, whole, and the next start mends the rest."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from edge.store import durable
from edge.store.store import Store
from tests.programs import SLOW_S
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, change, run, sighting, visit

PROJECT = Path(__file__).parents[2]


def wait_until(condition: Callable[[], bool], timeout_s: float = SLOW_S) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "still not so after the time-out"
        time.sleep(0.01)


def watcher(data: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.watcher", str(data)]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process


def killed_after(process: subprocess.Popen[str], reports: int, pause_s: float) -> set[str]:
    """The ids that the process reported before it was killed."""
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    reported = [process.stdout.readline() for _ in range(reports)]
    with suppress(subprocess.TimeoutExpired):
        process.wait(pause_s)  # a moment that is not tied to a report
    process.kill()
    rest, _ = process.communicate()
    whole = [line for line in [*reported, *rest.splitlines(keepends=True)] if line.endswith("\n")]
    return {line.strip() for line in whole}


def test_sightings_left_open_are_closed_at_the_next_start(folder: Folder) -> None:
    process = watcher(folder.path)
    killed_after(process, 12, 0)
    left_open = {id for (id,) in folder.query("SELECT id FROM sightings WHERE closed = 0")}
    assert left_open
    Store.open(folder.path, SETTINGS, run()).close()
    closed = {id for (id,) in folder.query("SELECT id FROM sightings WHERE closed = 1 AND close_reason = 'crash'")}
    assert closed == left_open


def crash_between(folder: Folder) -> str:
    """A folder whose last run has ended without a stop; returns the path of its one photo."""
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting()))
    folder.execute("UPDATE runs SET end_reason = NULL")
    (path,) = folder.named_photos()
    return str(path)


def test_a_photo_whose_row_was_not_yet_written_becomes_a_sighting(folder: Folder) -> None:
    crash_between(folder)
    folder.execute("DELETE FROM photos")
    folder.execute("DELETE FROM sightings")
    with Store.open(folder.path, SETTINGS, run()):
        wait_until(lambda: folder.photos() == folder.named_photos())
    assert folder.query("SELECT label, close_reason, clock FROM current") == [("slug", "rebuilt", "trusted")]


def test_a_photo_that_a_better_one_replaced_is_removed(folder: Folder) -> None:
    path = crash_between(folder)
    content = (folder.path / path).read_bytes()
    older = folder.path / path.replace("-1.jpg", "-0.jpg")
    older.write_bytes(content)
    with Store.open(folder.path, SETTINGS, run()):
        wait_until(lambda: not older.exists())
    assert folder.photos() == {path}


def test_half_written_files_are_gone_after_the_next_start(folder: Folder) -> None:
    crash_between(folder)
    half = folder.path / "photos" / ".new" / "half.jpg"
    half.write_bytes(b"\xff\xd8half")
    Store.open(folder.path, SETTINGS, run()).close()
    assert not half.exists()


def test_foreign_and_broken_files_in_the_photo_tree_stop_nothing(folder: Folder) -> None:
    path = crash_between(folder)
    foreign = (folder.path / path).with_name("holiday.jpg")
    broken = (folder.path / path).with_name(f"{sighting().id}-1.jpg")
    for file in (foreign, broken):
        file.write_bytes(b"no picture")
    lost = (folder.path / path).with_name(f"{'f' * 32}-1.jpg")
    (lost.parent / f"{lost.name}").mkdir()  # a folder with a photo's name
    os.mkfifo(lost.with_name(f"{'e' * 32}-1.jpg"))  # a pipe, from which nothing ever comes
    lost.with_name(f"{'d' * 32}-1.jpg").symlink_to("/dev/zero")
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([change("opened", sighting(), 50)])
        assert store.settle(60)
        wait_until(lambda: folder.query("SELECT count(*) FROM sweep") == [(0,)])
        assert store.health().state == "ok"
    assert foreign.exists()
    assert broken.exists()


def test_after_a_run_that_ended_well_no_power_cut_brings_a_replaced_photo_back(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder is synced after the photo was removed and before the run's end is written."""
    steps: list[str] = []
    monkeypatch.setattr(durable, "sync_folder", lambda of: steps.append(f"synced {of.name}"))
    monkeypatch.setattr("edge.store.writer.rows.end_run", lambda *_: steps.append("ended"))
    slug = sighting()
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([change("opened", slug, 40)])
        assert store.settle(60)
        store.record([change("improved", slug, 80)])
        assert store.settle(60)
        steps.clear()
    assert steps == [f"synced {slug.id[:2]}", "ended"]


def test_a_copy_under_another_sighting_s_name_is_left_alone_and_stands_for_nothing(folder: Folder) -> None:
    path = crash_between(folder)
    copy = folder.path / "photos" / "ff" / f"{'f' * 32}-1.jpg"
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes((folder.path / path).read_bytes())
    with Store.open(folder.path, SETTINGS, run()):
        wait_until(lambda: folder.query("SELECT count(*) FROM sweep") == [(0,)])
    assert copy.exists()
    assert folder.query("SELECT path FROM photos") == [(path,)]
