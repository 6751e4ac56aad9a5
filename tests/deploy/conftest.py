"""A machine on which the real install script has installed the product."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.rigs.systemd.machine import Machine, missing

CONFIG = """\
data: /var/lib/gardenwatch
camera: {source: "http://127.0.0.1:8090/"}
board: {kind: none}
"""


def wheels_of(source: Path, folder: Path, machine: str | None = None, version: str = "3.11") -> Path:
    """All that the install script needs, for that processor (None: this one) and that Python (3.11: bookworm's)."""
    line = [source / "deploy" / "wheels.sh", folder, machine or os.uname().machine, version]
    subprocess.run(line, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if (lacking := missing()) is not None:
        pytest.skip(f"a machine of its own needs {lacking}")
    return wheels_of(PROJECT, tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Iterator[Machine]:
    """Installed, without a network, and watching a stream of its own."""
    folder = tmp_path_factory.mktemp("machine")
    with Machine(folder / "root", {PROJECT: "/src", wheels: "/wheels"}) as booted:
        for name, program in (("camera", "stream 8090"), ("board", "board")):
            (booted.root / f"etc/systemd/system/{name}.service").write_text(
                "[Service]\nWorkingDirectory=/src\nEnvironment=PYTHONDONTWRITEBYTECODE=1\n"
                f"ExecStart=/opt/gardenwatch/current/bin/python -m tests.deploy.{program}\n"
                "Restart=always\n[Install]\nWantedBy=multi-user.target\n"
            )
        (booted.root / "etc/gardenwatch").mkdir()
        (booted.root / "etc/gardenwatch/gardenwatch.yaml").write_text(CONFIG)
        booted.run("/src/deploy/install.sh", "--wheels", "/wheels")
        booted.run("systemctl", "enable", "--now", "camera")
        yield booted
