"""One watcher per data folder."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from edge.errors import EXIT_CONFIG, StoreError
from edge.store.store import Store
from tests.programs import SLOW_S
from tests.store.conftest import Folder
from tests.store.test_crash import PROJECT, killed_after, watcher
from tests.store.visits import SETTINGS, run, sighting, visit


def test_a_second_process_is_refused_with_78_and_the_first_goes_on(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        command = [sys.executable, "-m", "tests.store.watcher", str(folder.path)]
        second = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=SLOW_S)
        assert second.returncode == EXIT_CONFIG
        assert f"process {os.getpid()}" in second.stderr
        assert "--data" in second.stderr
        store.record(visit(sighting()))
        assert store.settle(60)
        assert store.health().rows == 1
    assert folder.query("SELECT end_reason FROM runs") == [("stop",)]
    folder.assert_sound()


def test_after_a_kill_the_next_one_starts(folder: Folder) -> None:
    killed_after(watcher(folder.path), 1, 0)
    assert Store.open(folder.path, SETTINGS, run()).close()


def test_after_a_stop_the_next_one_starts(folder: Folder) -> None:
    Store.open(folder.path, SETTINGS, run()).close()
    assert Store.open(folder.path, SETTINGS, run()).close()


def test_a_refused_start_keeps_no_lock(folder: Folder) -> None:
    Store.open(folder.path, SETTINGS, run()).close()
    folder.execute("PRAGMA user_version = 999")
    for _ in range(2):
        with pytest.raises(StoreError, match="newer Gardenwatch"):
            Store.open(folder.path, SETTINGS, run())
