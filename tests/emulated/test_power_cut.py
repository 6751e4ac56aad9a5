"""The plug is pulled while visits are written: what was reported is there after the next boot."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from tests.rigs.vm.computer import REPORTS, Computer

pytestmark = pytest.mark.emulated
CUTS = 5
PATIENCE_S = 1800
PYTHON = "/opt/gardenwatch/current/bin/python"
DATA = "/var/lib/cuts/data"
WRITE = (
    f"mkdir -p /var/lib/cuts; cd /src; setsid {PYTHON} -m tests.store.watcher {DATA} >{REPORTS} 2>/var/lib/cuts/log &"
)
LOOK = f"cd /src; {PYTHON} -m tests.rigs.vm.after {DATA}"


def reported(machine: Computer) -> set[str]:
    """Ids of the visits that were durable, as the program in the guest said before the plug was pulled."""
    lines = machine.reports.read_text().splitlines(keepends=True)
    return {line.strip() for line in lines if line.endswith("\n")} - {"ready"}


def test_every_reported_sighting_survives_a_power_cut_with_its_whole_photo(disk: Path, tmp_path: Path) -> None:
    chance = random.Random(11)
    with Computer(disk, tmp_path, "init=/src/tests/rigs/vm/init.sh") as machine:
        for cut in range(CUTS):
            enough = len(reported(machine)) + chance.randint(5, 25)
            machine.run("sh", "-c", WRITE)
            until = time.monotonic() + PATIENCE_S
            while len(reported(machine)) < enough:
                assert time.monotonic() < until, machine.run("cat", "/var/lib/cuts/log")
                time.sleep(0.05)
            time.sleep(chance.uniform(0, 1))  # a moment that is not tied to a report
            machine.cut_power()
            machine.boot()
            found = json.loads(machine.run("sh", "-c", LOOK, timeout_s=PATIENCE_S).splitlines()[-1])
            print(f"cut {cut}: {len(reported(machine))} reported, {len(found['whole'])} whole, {found['faults']}")
            assert reported(machine) <= set(found["whole"])
            assert found["faults"] == []
