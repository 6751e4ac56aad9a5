"""Everything that the device needs exists as a wheel, for each system that the guide names."""

from __future__ import annotations

import subprocess

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.system  # it asks the package index


def listed(machine: str, version: str) -> subprocess.CompletedProcess[str]:
    line = [PROJECT / "deploy" / "wheels.sh", "--list", machine, version]
    return subprocess.run(line, capture_output=True, text=True)


@pytest.mark.parametrize("version", ["3.11", "3.13"])
@pytest.mark.parametrize("machine", ["aarch64", "x86_64"])
def test_no_compiler_is_needed(machine: str, version: str) -> None:
    asked = listed(machine, version)
    assert asked.returncode == 0, asked.stderr
    wheels = asked.stdout.split()
    assert all(wheel.endswith(".whl") for wheel in wheels)
    built = [wheel for wheel in wheels if not wheel.endswith("-none-any.whl")]
    assert {wheel.split("-")[0] for wheel in built} >= {"numpy", "onnxruntime", "opencv_python"}
    assert all(wheel.endswith(f"{machine}.whl") for wheel in built)


def test_what_does_not_exist_for_a_processor_is_said() -> None:
    asked = listed("armv7l", "3.11")
    assert asked.returncode == 1
    assert "expected a wheel of everything for armv7l, Python 3.11" in asked.stderr
