"""The benches can fail: each notices a store that leaves out one of its cares."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge import clock
from edge.board.talk import Talk
from edge.camera.opencv import LiveCamera
from edge.settings import CameraSettings
from edge.store import opening, reading
from edge.store.clock import ClockCorrection
from edge.store.sweep import Sweep
from tests.faults.boards import boards
from tests.faults.cameras import cameras
from tests.faults.clocks import clocks
from tests.faults.disks import RECORDER, disks
from tests.faults.disks import WAYS as DISK_WAYS
from tests.faults.kills import WATCHER, kills
from tests.faults.power.cuts import WATCHED, cut, recorded
from tests.faults.power.recording import missing
from tests.faults.returns import WAYS, returns
from tests.faults.spoilt import spoilt_databases
from tests.rigs.uno import need_pinpong

CARELESS = "tests.faults.careless"
MOST = 600
"""Cuts; what is noticed least, one in thirty notices."""


@pytest.mark.system
@pytest.mark.parametrize(
    "way",
    [
        "files_are_not_synced",
        "folders_are_not_synced",
        "photos_are_written_in_place",
        "rows_come_before_photos",
        "old_photos_go_before_the_row_has_the_new_one",
        "old_photos_are_not_removed_for_good",
        "rows_are_not_synced",
    ],
)
def test_power_cuts_notice_when(way: str, tmp_path: Path) -> None:
    if (lacking := missing()) is not None:
        pytest.skip(f"not installed: {lacking}")
    (life,) = recorded(tmp_path, (CARELESS, way, *WATCHED), ("visits",))
    chance = random.Random(7)
    assert any(cut(life, tmp_path / "cut", chance)[1] for _ in range(MOST))


@pytest.mark.parametrize("way", ["rows_come_before_photos", "what_waits_is_told_as_safe"])
def test_kills_notice_when(way: str, tmp_path: Path) -> None:
    assert any(kills(1, tmp_path / str(seed), seed, (CARELESS, way, *WATCHER)).broken for seed in range(60))


def test_kills_notice_photos_that_nobody_looks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(self: Sweep, db) -> bool:  # type: ignore[no-untyped-def]
        db.execute("DELETE FROM sweep")
        return False

    monkeypatch.setattr(Sweep, "step", nothing)
    assert any(kills(1, tmp_path / str(seed), seed).broken for seed in range(60))


@pytest.mark.system
@pytest.mark.parametrize(
    "way", ["recording_waits_for_the_disk", "rows_are_given_up_on_a_sick_disk", "a_sick_disk_stays_so"]
)
def test_sick_disks_notice_when(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0 or missing() is not None:
        pytest.skip("needs root, and strace: apt-get install strace (make test-system)")
    monkeypatch.setattr("tests.faults.disks.WITHIN_S", 15.0)
    assert disks(len(DISK_WAYS), tmp_path, (CARELESS, way, *RECORDER)).broken


def test_clocks_notice_a_duration_that_the_clock_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wall = lambda row: datetime.fromisoformat(row["first_seen"]).astimezone(UTC)  # noqa: E731
    monkeypatch.setattr(reading, "_first_instant", wall)
    assert clocks(3, tmp_path).broken


def test_clocks_notice_a_jump_that_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "JUMP_S", 1e12)
    assert clocks(3, tmp_path).broken


def test_clocks_notice_a_list_that_keeps_the_wrong_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ClockCorrection, "_correct", lambda self, db, run: self._runs.pop())
    assert clocks(3, tmp_path).broken


def test_spoilt_databases_notice_a_record_that_stays_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.faults.spoilt.WITHIN_S", 3.0)
    monkeypatch.setattr(opening, "begin_rebuild", lambda db, data: 0)
    assert spoilt_databases(1, tmp_path).broken


@pytest.mark.system
def test_returns_notice_a_camera_that_is_looked_for_too_seldom(tmp_path: Path) -> None:
    """Where no pause is too long it is tried after 31.5 s, then after 63.5 s, and later on a busy machine."""
    seldom = CameraSettings(open_timeout_s=5, read_timeout_s=3, reopen_max_s=1000)
    late = returns(WAYS, tmp_path, seldom, (45, 45), within_s=2).broken
    assert {"MJPEG killed: back after ever so long", "RTSP killed: back after ever so long"} <= set(late)


def test_cameras_notice_a_handle_that_is_kept_at_each_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    health, kept = LiveCamera.health, list[int]()

    def leaking(self: LiveCamera):  # type: ignore[no-untyped-def]
        now = health(self)
        while len(kept) < 2 * now.reopened:
            kept.append(os.open("/dev/null", os.O_RDONLY))
        return now

    monkeypatch.setattr(LiveCamera, "health", leaking)
    try:
        assert any("handles grew" in fault for fault in cameras(5, tmp_path).broken)
    finally:
        for one in kept:
            os.close(one)


def test_boards_notice_a_lamp_that_stays_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_pinpong()
    monkeypatch.setattr("tests.faults.boards.WELL_S", 4.0)
    order = Talk.order

    def only_off(self: Talk, wanted: dict[str, bool]):  # type: ignore[no-untyped-def]
        return order(self, dict.fromkeys(wanted, False))

    monkeypatch.setattr(Talk, "order", only_off)
    assert boards(4, tmp_path).broken
