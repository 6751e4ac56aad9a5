"""Freed pictures go back to the system, and a start takes no more of it than watching needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.films import walking_dot

PROGRAM = """
import ctypes, resource, sys
import numpy as np
from edge.memory import give_back_large_blocks

def resident_mb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20

if sys.argv[1] == "with":
    give_back_large_blocks()
np.ones(24 * 2**20, np.uint8)  # one large block freed teaches glibc to keep blocks up to that size
before = resident_mb()
frames = [np.ones(2_700_000, np.uint8) for _ in range(40)]
small = [bytearray(100) for _ in range(1000)]
del frames[1::2], frames[:-1]  # all but the last: what lies under it cannot be trimmed away
print(resident_mb() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's malloc is Linux's")
def test_freed_frames_do_not_stay_in_the_process() -> None:
    def kept_mb(choice: str) -> float:
        run = subprocess.run([sys.executable, "-c", PROGRAM, choice], capture_output=True, text=True, check=True)
        return float(run.stdout)

    kept = kept_mb("with")
    assert kept < 10
    assert kept < kept_mb("without") - 20


STARTED = """
import gc, sys
from edge import cli, service

def ready(self):
    with open("/proc/self/status") as file:
        threads = next(line.split()[1] for line in file if line.startswith("Threads:"))
    late = sorted({"PIL", "yaml", "astral", "edge.board.pinpong", "edge.camera.opencv"} & set(sys.modules))
    sys.exit(f"started collects={gc.isenabled()} frozen={gc.get_freeze_count() > 0} late={late} threads={threads}")

service.Service.ready = ready
sys.argv[1:1] = ["run", "--dry-run", "--source"]
cli.main()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
def test_a_start_loads_and_keeps_running_only_what_watching_a_film_needs(tmp_path: Path) -> None:
    film = walking_dot(tmp_path / "dot.avi")

    def started(**environment: str) -> list[str]:
        command = [sys.executable, "-c", STARTED, film, "--data", tmp_path / "data"]
        run = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)
        return next(line for line in run.stderr.splitlines() if line.startswith("started")).split()

    *found, threads = started()
    assert found == ["started", "collects=True", "frozen=True", "late=[]"]
    *_, more = started(OPENBLAS_NUM_THREADS="3")
    assert int(threads.removeprefix("threads=")) < int(more.removeprefix("threads="))
