"""kill -9 at any moment, also of the start, while sightings are written."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.conftest import PROJECT
from tests.faults.outcome import Outcome
from tests.faults.record import faults_after_start
from tests.store.conftest import Folder

LIVES_OF_A_FOLDER = 25
"""Kills that one data folder goes through, each start mending what the last one left."""
WATCHER = ("tests.store.watcher",)
START_S, WRITING_S = 1.5, 0.4
"""A start takes 0.5 to 1 s, a sighting some 10 ms."""


def kills(times: int, folder: Path, seed: int = 1, program: Sequence[str] = WATCHER) -> Outcome:
    """The record is looked at after every kill."""
    chance, broken = random.Random(seed), list[str]()
    in_start = sightings = 0
    record, reported = Folder(folder), set[str]()
    for number in range(times):
        if number % LIVES_OF_A_FOLDER == 0:
            sightings += len(reported)
            record, reported = Folder(folder / f"killed-{number}"), set()
        during_start = chance.random() < 0.1
        lines = _killed([sys.executable, "-m", *program, str(record.path)], during_start, chance)
        in_start += "ready" not in lines
        reported |= lines - {"ready"}
        broken += [f"kill {number}: {fault}" for fault in faults_after_start(record, reported)]
    sightings += len(reported)
    seen = f"{sightings} sightings had been reported; {in_start} of the kills came before the start was over"
    return Outcome("kill -9 while sightings are written", times, seen, tuple(broken))


def _killed(line: list[str], during_start: bool, chance: random.Random) -> set[str]:
    """The whole lines it had said."""
    process = subprocess.Popen(line, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    said = "" if during_start else process.stdout.readline()
    with suppress(subprocess.TimeoutExpired):
        process.wait(chance.uniform(0, START_S if during_start else WRITING_S))
    process.kill()
    rest, _ = process.communicate()
    return {line.strip() for line in (said + rest).splitlines(keepends=True) if line.endswith("\n")}
