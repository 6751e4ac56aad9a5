"""Cameras, boards and disks that fail and come back; the long way is tests/bench/faults.py."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from edge.settings import CameraSettings
from tests.faults.boards import WAYS as BOARD_WAYS
from tests.faults.boards import boards
from tests.faults.cameras import WAYS as CAMERA_WAYS
from tests.faults.cameras import cameras
from tests.faults.disks import WAYS as DISK_WAYS
from tests.faults.disks import disks
from tests.faults.returns import WAYS, returns
from tests.programs import SLOW_S
from tests.rigs.uno import need_pinpong

SOON = CameraSettings(open_timeout_s=5, read_timeout_s=3, reopen_max_s=1)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The benches hold devices to their times; a test promises nothing about a busy machine's."""
    monkeypatch.setattr("tests.faults.cameras.WITHIN_S", SLOW_S)
    for name in ("RIGHT_S", "NOTICED_S", "WELL_S"):
        monkeypatch.setattr(f"tests.faults.boards.{name}", SLOW_S)
    monkeypatch.setattr("tests.faults.disks.WITHIN_S", SLOW_S)
    monkeypatch.setattr("tests.faults.disks.BLOCKED_S", 30.0)


def test_a_camera_comes_back_from_every_loss_and_nothing_grows(tmp_path: Path) -> None:
    assert cameras(len(CAMERA_WAYS), tmp_path).broken == ()


@pytest.mark.system
def test_a_network_camera_is_seen_again_after_each_kind_of_loss(tmp_path: Path) -> None:
    """The bench demands half a minute."""
    assert returns(WAYS, tmp_path, SOON, (2.0, 4.0), within_s=SLOW_S).broken == ()


def test_the_lamp_is_right_soon_after_a_board_is_back(tmp_path: Path) -> None:
    need_pinpong()
    assert boards(4 * len(BOARD_WAYS), tmp_path).broken == ()


@pytest.mark.system
def test_recording_goes_on_through_sick_disks_and_every_visit_is_counted(tmp_path: Path) -> None:
    if os.geteuid() != 0 or shutil.which("strace") is None:
        pytest.skip("needs root, and strace: apt-get install strace (make test-system)")
    assert disks(len(DISK_WAYS), tmp_path).broken == ()
