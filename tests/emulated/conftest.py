"""Computers that this one emulates: `make test-emulated`, half an hour and more on two cores."""

from __future__ import annotations

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
    """Of a virtual machine on which Gardenwatch is installed."""
    if (lacking := computer.missing()) is not None:
        pytest.skip(f"a virtual machine needs {lacking}")
    wheels = wheels_of(PROJECT, tmp_path_factory.mktemp("wheels"), "x86_64")
    return image.make(tmp_path_factory.mktemp("vm"), wheels, CONFIG)
