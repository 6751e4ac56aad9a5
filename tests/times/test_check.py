"""What the doctor says of the times of watching, and what `pause` and `resume` answer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edge import clock
from edge.errors import UsageError
from edge.finding import Finding
from edge.settings import Config
from edge.times.check import times
from edge.times.commands import pause, resume
from edge.times.pause import read

SITE = {"latitude": 31.2, "longitude": 121.5, "timezone": "Asia/Shanghai"}


@pytest.fixture(autouse=True)
def clock_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "trust", lambda: "trusted")


def found(data: Path, **values: object) -> Finding:
    return times(Config.model_validate({"data": str(data), **values}))


def typed(command: object, *words: object) -> Result:
    return CliRunner().invoke(command, list(map(str, words)), obj="en")  # type: ignore[arg-type]


def test_day_and_night_is_the_rule(tmp_path: Path) -> None:
    assert str(found(tmp_path)) == "✓ times of watching: day and night"


def test_todays_hours_and_the_duty_cycle_are_told(tmp_path: Path) -> None:
    duty = {"watch_minutes": 5, "every_minutes": 20}
    said = found(tmp_path, times={"watch": ["06:00 to 12:00", "15:00 to 20:30"], "duty": duty}, site=SITE)
    assert said.state == "ok"
    assert said.found == "today 06:00–12:00, 15:00–20:30; 5 of every 20 minutes"


def test_hours_that_do_not_come_today_are_said(tmp_path: Path) -> None:
    manaus = {"latitude": -3.1, "longitude": -60.0, "timezone": "UTC"}  # the sun sets at about 22:00 UTC
    assert found(tmp_path, times={"watch": ["sunset to 18:05"]}, site=manaus).found == "today never"


def test_the_sun_without_a_place_is_broken(tmp_path: Path) -> None:
    said = found(tmp_path, times={"watch": ["dawn to dusk"]})
    assert (said.state, said.found) == ("broken", "no site.latitude, site.longitude")


def test_hours_that_cannot_be_followed_yet_are_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "trust", lambda: "untrusted")
    said = found(tmp_path, times={"watch": ["06:00 to 12:00"]}, site=SITE)
    assert said.state == "warning"
    assert "watched at all hours" in said.todo
    assert found(tmp_path).state == "ok", "without hours nothing depends on it"


def test_a_pause_is_told_until_it_is_ended(tmp_path: Path) -> None:
    assert typed(pause, "--data", tmp_path, "--for", "30m").output.startswith("paused until")
    said = found(tmp_path)
    assert said.state == "warning"
    assert "paused until" in said.found
    assert typed(resume, "--data", tmp_path).output == "the watching goes on\n"
    assert typed(resume, "--data", tmp_path).output == "there was no pause\n"
    assert found(tmp_path).state == "ok"


@pytest.mark.parametrize("clock", ["00:00", "12:00", "23:59"])
def test_a_time_of_the_clock_is_its_next_one(tmp_path: Path, clock: str) -> None:
    now = datetime.now().astimezone()
    assert typed(pause, "--data", tmp_path, "--until", clock).exit_code == 0
    asked = read(tmp_path)
    assert asked is not None
    assert 0 < (asked.until - now).total_seconds() <= 25 * 3600, "25 where summer time ends meanwhile"
    assert f"{asked.until.astimezone():%H:%M}" == clock


def test_nothing_is_paused_where_there_is_no_data_folder(tmp_path: Path) -> None:
    assert isinstance(typed(pause, "--data", tmp_path / "nowhere").exception, UsageError)
