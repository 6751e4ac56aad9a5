"""A real watcher pauses, sleeps between its turns, and records the time as neither watched nor blind."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import pytest

from edge import clock
from tests.films import ground, picture
from tests.model.tiny import colour_model
from tests.programs import Daemon, gardenwatch, here, listed
from tests.rigs.streams.mjpeg_server import StreamServer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the service runs on Linux")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return colour_model(tmp_path_factory.mktemp("model") / "colours.onnx")


@pytest.fixture
def garden(tmp_path: Path) -> Iterator[StreamServer]:
    """A camera that shows 6 s of empty bed, then a dot that walks in and rests."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for index in range(150):
        cv2.imwrite(str(pictures / f"{index:03}.jpg"), picture((index - 90) / 60 * 0.6, index))
    cv2.imwrite(str(pictures / "black.jpg"), ground())
    with StreamServer(pictures, fps=15) as server:
        yield server


def written(tmp_path: Path, server: StreamServer, model: Path, more: str) -> Path:
    file = tmp_path / "gardenwatch.yaml"
    file.write_text(f"data: data\ncamera: {{source: '{server.address}'}}\nmodel: {{path: {model}}}\n{more}")
    return file


def effort(data: Path) -> dict[str, float]:
    with closing(sqlite3.connect(data / "gardenwatch.db")) as db:
        return dict(db.execute("SELECT kind, sum(seconds) FROM effort GROUP BY kind"))


def test_a_pause_ends_what_is_open_and_outlives_a_restart(garden: StreamServer, model: Path, tmp_path: Path) -> None:
    config = written(tmp_path, garden, model, "led: {show: [pest, resting]}\n")
    with Daemon("--config", config, "--dry-run") as daemon:
        daemon.says("LED D13 on")
        paused = gardenwatch("pause", "--config", config, "--for", "20m")
        assert paused.stdout.startswith("paused until")
        daemon.says("is gone after")
        daemon.says("paused: the camera is closed until")
        daemon.tells_systemd("STATUS=camera resting (paused until")
        daemon.tells_systemd("WATCHDOG=1")
        assert daemon.stop() < here(2.0)
        assert daemon.process.returncode == 0
    assert {row["closed"] for row in listed(tmp_path / "data")} == {True}
    with Daemon("--config", config, "--dry-run") as heir:
        heir.tells_systemd("STATUS=camera resting (paused until")
        assert "the watching goes on" in gardenwatch("resume", "--config", config).stdout
        heir.tells_systemd("STATUS=camera open")
        assert heir.stop() < here(2.0)
    kinds = effort(tmp_path / "data")
    assert kinds["paused"] > 0
    assert "camera_lost" not in kinds


def test_a_duty_cycle_watches_and_sleeps_in_turns(garden: StreamServer, model: Path, tmp_path: Path) -> None:
    config = written(tmp_path, garden, model, "times: {duty: {watch_minutes: 0.1, every_minutes: 0.15}}\n")
    with Daemon("--config", config, "--dry-run") as daemon:
        for _ in range(2):
            daemon.says("to save power")
            daemon.says("watching again")
        daemon.stop()
    kinds = effort(tmp_path / "data")
    assert 4 < kinds["duty_cycle"] < 9
    assert kinds["watched"] > 2


def test_outside_its_hours_nothing_is_watched_where_the_clock_can_be_trusted(
    garden: StreamServer, model: Path, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    span = f"{now + timedelta(hours=3):%H:%M} to {now + timedelta(hours=4):%H:%M}"
    config = written(tmp_path, garden, model, f"times: {{watch: ['{span}']}}\nsite: {{timezone: UTC}}\n")
    with Daemon("--config", config, "--dry-run") as daemon:
        if clock.trust() == "trusted":
            daemon.says("outside the hours of watching: the camera is closed until")
        else:
            daemon.says("hours are not followed: no time source has set the clock")
            daemon.tells_systemd("STATUS=camera open")
        daemon.stop()
    assert ("off_hours" in effort(tmp_path / "data")) == (clock.trust() == "trusted")


def test_the_sun_without_a_place_is_refused_with_what_to_do(garden: StreamServer, model: Path, tmp_path: Path) -> None:
    config = written(tmp_path, garden, model, "times: {watch: [dawn to dusk]}\n")
    run = gardenwatch("run", "--config", config, "--dry-run")
    assert run.returncode == 78
    assert "no site.latitude, site.longitude" in run.stderr
    assert "no site.latitude" in gardenwatch("doctor", "--config", config).stdout


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--for", "9 weeks"), "'9 weeks'"),
        (("--for", "8d"), "'8d'"),
        (("--until", "yesterday"), "'yesterday'"),
        (("--until", "2020-01-01T00:00"), "'2020-01-01T00:00'"),
        (("--for", "1h", "--until", "12:00"), "both"),
    ],
)
def test_a_pause_that_cannot_be_meant_is_refused(words: tuple[str, ...], found: str, tmp_path: Path) -> None:
    run = gardenwatch("pause", "--data", tmp_path, *words)
    assert run.returncode == 2
    assert f"found {found}" in run.stderr
    assert list(tmp_path.iterdir()) == []
