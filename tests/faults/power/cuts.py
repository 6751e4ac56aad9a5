"""Cuts the power at random moments of what was recorded."""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from edge.store.schema import DATABASE
from tests.faults.outcome import Outcome
from tests.faults.power.disk import cut_after, write_out
from tests.faults.power.recording import Event, Said, record
from tests.faults.record import faults_after_start
from tests.store.conftest import Folder

WATCHED = ("tests.faults.power.watched",)
LIVES = ("visits", "expiry", "mending")
AFTER_THE_END = 0.2
"""The share of cuts that come once the program has ended as it should, and all it did may not be on the disk yet."""
Life = tuple[str, Path, list[Event], set[str]]
"""Its name, what the folder was like before, what was done to it, what was safe before."""


def cuts(times: int, folder: Path, seed: int = 2) -> Outcome:
    """The lives take turns; the record is looked at after every cut."""
    lives, chance, broken = recorded(folder), random.Random(seed), list[str]()
    reported = 0
    for number in range(times):
        safe, faults = cut(lives[number % len(lives)], folder / "cut", chance)
        broken += [f"cut {number}: {fault}" for fault in faults]
        reported += safe
    calls = sum(len(events) for _name, _before, events, _safe in lives)
    seen = f"{calls} recorded steps; on average {reported / times:.1f} sightings had been reported before the cut"
    return Outcome("power cut, replayed from the recorded writes and syncs", times, seen, tuple(broken))


def cut(life: Life, folder: Path, chance: random.Random) -> tuple[int, list[str]]:
    """How many sightings were safe before one cut, and what is wrong with the record after it."""
    name, before, events, safe = life
    count = len(events) if chance.random() < AFTER_THE_END else chance.randint(0, len(events))
    said = {event.line for event in events[:count] if isinstance(event, Said)}
    data = Folder(folder)
    write_out(cut_after(events, count, before, chance), data.path)
    reports = safe | {line.split()[1] for line in said if line.startswith("safe ")}
    faults = faults_after_start(data, reports)
    kept = {f"judged {id}" for (id,) in data.query("SELECT sighting_id FROM verdicts")}
    faults += [f"verdict lost: {line}" for line in said - kept if line.startswith("judged ")]
    shutil.rmtree(data.path)
    return len(reports), [f"{name}, after {count} of {len(events)}: {fault}" for fault in faults]


def recorded(folder: Path, program: Sequence[str] = WATCHED, names: Sequence[str] = LIVES) -> list[Life]:
    """Lives of one data folder, each on what the one before left; the last one without its database."""
    lives, safe = list[Life](), set[str]()
    data = folder / "data"
    data.mkdir()
    for name in names:
        if name == "mending":
            for file in data.glob(f"{DATABASE}*"):
                file.unlink()
            safe = {file.name.split("-")[0] for file in data.glob("photos/??/*.jpg")}
        before = folder / f"before-{name}"
        shutil.copytree(data, before)
        line = [sys.executable, "-m", *program, str(data), name]
        events = record(line, data, folder / f"{name}.strace")
        lives.append((name, before, events, safe))
        safe = safe | {event.line[5:] for event in events if isinstance(event, Said) and event.line.startswith("safe ")}
    return lives
