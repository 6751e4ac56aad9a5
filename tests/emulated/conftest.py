"""Computers that this one emulates: `make test-emulated`, half an hour and more on two cores."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.deploy.conftest import wheels_of
from tests.rigs.vm import computer, image

CONFIG = """\
data: /var/lib/gardenwatch
camera: {source: /dev/gardenwatch-camera, width: 320, height: 180, fps: 5}
board: {kind: none}
"""


@pytest.fixture(scope="session")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a virtual machine on which Gardenwatch is installed; one made before where GARDENWATCH_RIG_DISK names it, with
    the folder `root` that it was made of beside it. The tests change it."""
    if (lacking := computer.missing()) is not None:
        pytest.skip(f"a virtual machine needs {lacking}")
    if made := os.environ.get("GARDENWATCH_RIG_DISK"):
        return Path(made)
    wheels = wheels_of(PROJECT, tmp_path_factory.mktemp("wheels"), "x86_64")
    return image.make(tmp_path_factory.mktemp("vm"), wheels, CONFIG)


@pytest.fixture(scope="module")
def machine(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[computer.Computer]:
    """The virtual machine, which watches."""
    with computer.Computer(disk, tmp_path_factory.mktemp("machine")) as machine:
        machine.wait_until("active", "systemctl", "is-active", "gardenwatch")
        yield machine
        machine.power_off()


def never_started_again(machine: computer.Computer) -> None:
    """Raises AssertionError with all that systemd has done to the service where it did more than start it once."""
    those = ["_PID=1", "UNIT=gardenwatch.service", "-o", "short-monotonic", "--no-pager"]
    assert machine.run("systemctl", "show", "-P", "NRestarts", "gardenwatch") == "0", machine.run("journalctl", *those)
