"""Installed on 64-bit ARM from wheels alone, without a network, it sees what it sees here."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import cv2
import pytest

from edge.camera.garden.scene import Garden
from tests.conftest import PROJECT
from tests.deploy.conftest import wheels_of
from tests.programs import gardenwatch, listed
from tests.rigs.arm64.computer import Computer, missing

pytestmark = pytest.mark.emulated
GARDENWATCH = "/opt/gardenwatch/current/bin/gardenwatch"
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""
"""Prints the most memory that a command took, the emulator's included."""
FROM, UNTIL = 40, 150
"""Frames of the drawn garden in which one caterpillar comes and goes."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    garden, path = Garden(), tmp_path_factory.mktemp("clip") / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), garden.fps, (1280, 720))
    for index in range(FROM, UNTIL):
        writer.write(garden.frame(index))
    writer.release()
    return path


@pytest.fixture(scope="module")
def here(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    data = tmp_path_factory.mktemp("here") / "data"
    run = gardenwatch("run", "--source", clip, "--dry-run", "--data", data)
    assert run.returncode == 0, run.stderr
    (seen,) = listed(data)
    return seen


@pytest.mark.parametrize(("release", "python"), [("bookworm", "3.11"), ("trixie", "3.13")])
def test_a_clip_gives_the_same_sighting(
    release: str, python: str, clip: Path, here: dict[str, Any], tmp_path: Path
) -> None:
    if (lacking := missing()) is not None:
        pytest.skip(f"an emulated computer needs {lacking}")
    wheels = wheels_of(PROJECT, tmp_path / "wheels", "aarch64", python)
    shared = {PROJECT: "/src", wheels: "/wheels", clip.parent: "/clip"}
    with Computer(tmp_path / "root", release, shared) as pi:
        assert pi.run("uname", "-m") == "aarch64"
        began = time.monotonic()
        assert "Done." in pi.run("/src/deploy/install.sh", "--wheels", "/wheels", "--no-start")
        installed = time.monotonic()
        watch = [GARDENWATCH, "run", "--source", "/clip/clip.avi", "--dry-run", "--data", "/tmp/data"]
        peak_mb = pi.run("python3", "-c", PEAK, *watch).splitlines()[-1]
        size_mb = pi.run("du", "-sm", "/opt/gardenwatch").split()[0]
        print(f"{release}: install {installed - began:.0f} s, clip {time.monotonic() - installed:.0f} s, emulated")
        print(
            f"{release}: {len(list(wheels.iterdir()))} wheels, {size_mb} MB installed, at most {peak_mb} MB of memory"
        )
        (there,) = map(
            json.loads, pi.run(GARDENWATCH, "sightings", "--data", "/tmp/data", "--format", "jsonl").splitlines()
        )
    same = ("label", "role", "first_seen_s", "last_seen_s", "decided_s", "box")
    assert {name: there[name] for name in same} == {name: here[name] for name in same}
    assert there["confidence"] == pytest.approx(here["confidence"], abs=0.002)
