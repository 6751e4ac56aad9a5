"""A pause, the hours and the duty cycle each let the camera rest."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from edge import clock
from edge.camera.base import ALL_FRAMES, CameraHealth
from edge.records import Frame, Moment
from edge.settings import SiteSettings
from edge.store.effort import RESTS
from edge.store.run import boot_id
from edge.times.eyelid import Eyelid
from edge.times.hours import Hours
from edge.times.pause import FILE, LONGEST, Pause, PauseFile, ask, read, resume
from edge.times.rest import Reason, Times
from edge.times.settings import DutySettings

START = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)


class Garden:
    """A camera that rests, and a clock that goes as the test wants."""

    def __init__(self, data: Path, watch: tuple[str, ...] = (), duty: DutySettings | None = None) -> None:
        self.tick_s, self.shift_s, self.opened, self.closed = 5000.0, 0.0, 0, 0
        self.waited_s = 0.0
        times = Times(Hours(watch, SiteSettings(timezone="UTC")), duty, PauseFile(data), trusted=True)
        self.eye = Eyelid("garden", self._open, times, self.now, self._wait)

    def now(self) -> Moment:
        return Moment(START + timedelta(seconds=self.tick_s - 5000 + self.shift_s), self.tick_s, None)

    def after(self, seconds: float) -> str:
        """The camera's state when so many seconds have passed."""
        self.tick_s += seconds
        self.eye.read(0.25)
        return self.eye.health().state

    def _open(self) -> _Camera:
        self.opened += 1
        return _Camera(self)

    def _wait(self, seconds: float) -> None:
        self.waited_s += seconds


class _Camera:
    name, live, start = "garden", True, None

    def __init__(self, garden: Garden) -> None:
        self._garden, self._index = garden, -1

    def read(self, timeout_s: float, not_before_s: float = ALL_FRAMES) -> Frame:
        self._index += 1
        return Frame(np.zeros((2, 2, 3), np.uint8), self._index, self._garden.now())

    def health(self) -> CameraHealth:
        return CameraHealth("open", "", missed=3)

    def close(self) -> None:
        self._garden.closed += 1


def test_the_reasons_to_rest_are_kinds_of_effort() -> None:
    assert set(get_args(Reason)) == RESTS


def test_a_pause_closes_the_camera_within_two_seconds_and_ends_by_itself(tmp_path: Path) -> None:
    garden = Garden(tmp_path)
    assert garden.after(0) == "open"
    ask(tmp_path, Pause(START + timedelta(minutes=30), None, 0))
    assert garden.after(2) == "resting"
    assert garden.closed == 1
    rest = garden.eye.rest
    assert rest is not None
    assert (rest.reason, rest.until) == ("paused", START + timedelta(minutes=30))
    assert garden.after(1700) == "resting"
    assert garden.after(100) == "open"
    assert (garden.opened, garden.closed) == (2, 1)


def test_a_pause_is_ended_sooner_by_a_person(tmp_path: Path) -> None:
    garden = Garden(tmp_path)
    ask(tmp_path, Pause(START + timedelta(minutes=30), None, 0))
    assert garden.after(0) == "resting"
    assert resume(tmp_path)
    assert not resume(tmp_path)
    assert garden.after(2) == "open"


def test_a_pause_survives_a_restart(tmp_path: Path) -> None:
    ask(tmp_path, Pause.until_time(datetime.now(UTC) + timedelta(hours=1)))
    heir = PauseFile(tmp_path)
    assert 3000 < heir.left_s(Moment(datetime.now(UTC), 1.0, None)) <= 3600


@pytest.mark.parametrize("jump_s", [-86400.0, 86400.0])
def test_a_clock_that_is_set_meanwhile_neither_shortens_nor_lengthens_a_pause(jump_s: float, tmp_path: Path) -> None:
    garden = Garden(tmp_path)
    ask(tmp_path, Pause(START + timedelta(seconds=60), boot_id(), garden.tick_s + 60))
    assert garden.after(0) == "resting"
    garden.shift_s = jump_s
    assert garden.after(58) == "resting"
    assert garden.after(4) == "open"


def test_after_the_computer_was_switched_on_anew_the_clock_decides(tmp_path: Path) -> None:
    pause = Pause(START + timedelta(seconds=60), "another boot", 10.0)
    assert pause.left_s(Moment(START, 99999.0, None), "this boot") == 60
    assert pause.left_s(Moment(START + timedelta(seconds=61), 0.0, None), "this boot") == 0


def test_no_pause_lasts_for_ever(tmp_path: Path) -> None:
    assert Pause.lasting(timedelta(days=900)).until <= datetime.now(UTC) + LONGEST
    forged = Pause(START + timedelta(days=900), None, 0)
    assert forged.left_s(Moment(START, 0.0, None), "boot") == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"until": "x", "boot_id": null, "until_tick_s": 1}', '{"until": 3}'])
def test_what_is_no_pause_changes_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text)
    assert Garden(tmp_path).after(0) == "open"
    assert read(tmp_path) is None


def test_a_later_pause_replaces_it(tmp_path: Path) -> None:
    garden = Garden(tmp_path)
    ask(tmp_path, Pause(START + timedelta(minutes=1), None, 0))
    os.utime(tmp_path / FILE, (1, 1))
    assert garden.after(0) == "resting"
    ask(tmp_path, Pause(START + timedelta(minutes=9), None, 0))
    assert json.loads((tmp_path / FILE).read_text())["until"].startswith("2026-05-01T06:09")
    assert garden.after(120) == "resting"


def test_a_duty_cycle_counts_ticks_and_a_jump_of_the_clock_is_nothing_to_it(tmp_path: Path) -> None:
    garden = Garden(tmp_path, duty=DutySettings(watch_minutes=5.0, every_minutes=20.0))
    told = []
    for minute in range(60):
        garden.shift_s = 7200.0 if minute > 30 else 0.0
        told.append(garden.after(60 if minute else 0) == "open")
    assert told == ([True] * 5 + [False] * 15) * 3
    assert garden.opened == 3


def test_the_hours_close_the_camera_and_say_when_they_come_again(tmp_path: Path) -> None:
    garden = Garden(tmp_path, watch=("05:00 to 07:00",))
    assert garden.after(3599) == "open"
    assert garden.after(2) == "resting"
    rest = garden.eye.rest
    assert rest is not None
    assert (rest.reason, rest.until) == ("off_hours", datetime(2026, 5, 2, 5, 0, tzinfo=UTC))


def test_hours_are_not_followed_while_nobody_has_set_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "trust", lambda: "untrusted")
    hours = Hours(["01:00 to 02:00"], SiteSettings(timezone="UTC"))
    times = Times(hours, None, PauseFile(tmp_path), trusted=False)
    assert times.rest(Moment(START, 0.0, None)) is None
    monkeypatch.setattr(clock, "trust", lambda: "trusted")
    assert times.rest(Moment(START, 30.0, None)) is None, "asked once a minute"
    rest = times.rest(Moment(START, 61.0, None))
    assert rest is not None
    assert rest.reason == "off_hours"


def test_resting_only_waits_and_frames_are_counted_on(tmp_path: Path) -> None:
    garden = Garden(tmp_path)
    for _ in range(3):
        frame = garden.eye.read(0.25)
    assert frame is not None
    assert frame.index == 2
    ask(tmp_path, Pause(START + timedelta(minutes=1), None, 0))
    garden.after(2)
    assert garden.waited_s == 0.25
    garden.tick_s += 60
    again = garden.eye.read(0.25)
    assert again is not None
    assert again.index == 3
    assert garden.eye.health().missed == 6
