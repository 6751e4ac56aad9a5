"""How much memory watching takes, with the bundled model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import SLOW_S

MOST_MB = 200
PEAK = """
import atexit, os, runpy, sys

def tell():
    with open("/proc/self/status") as file:
        print(next(line for line in file if line.startswith("VmHWM")), file=sys.stderr)

os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:4])  # the film's decoder holds a picture for each core
atexit.register(tell)
runpy.run_module("edge", run_name="__main__")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process its peak in /proc")
def test_a_busy_garden_fits_into_a_small_board_s_memory(shared: Path, tmp_path: Path) -> None:
    words = ["run", "--source", str(shared / "data" / "clips" / "dev_01.mp4"), "--data", str(tmp_path)]
    done = subprocess.run([sys.executable, "-c", PEAK, *words], capture_output=True, text=True, timeout=SLOW_S)
    assert done.returncode == 0, done.stderr
    peak = next(line for line in done.stderr.splitlines() if line.startswith("VmHWM:"))
    assert int(peak.split()[1]) / 1024 <= MOST_MB
