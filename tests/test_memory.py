"""Freed pictures go back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
