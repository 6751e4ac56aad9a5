"""Watching live cameras as a service does: until told to stop, through every loss."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import cv2
import pytest

from edge.house import SLOW_S
from tests.conftest import PROJECT
from tests.films import picture
from tests.model.tiny import colour_model
from tests.programs import Daemon, gardenwatch, here, listed
from tests.rigs.streams.mjpeg_server import StreamServer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the service runs on Linux")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return colour_model(tmp_path_factory.mktemp("model") / "colours.onnx")


@pytest.fixture
def garden(tmp_path: Path) -> Iterator[StreamServer]:
    """A camera that sends a quiet, noisy bed."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for seed, name in enumerate(("0", "1", "2", "3")):
        cv2.imwrite(str(pictures / f"{name}.jpg"), picture(-1, seed))
    cv2.imwrite(str(pictures / "small.jpg"), picture(-1, 4)[:200, :200])
    with StreamServer(pictures, fps=30) as server:
        yield server


@pytest.fixture
def brisk(tmp_path: Path) -> Path:
    """A configuration that takes all 30 pictures a second, so that a hundred frames come soon."""
    config = tmp_path / "brisk.yaml"
    config.write_text("camera: {fps: 30}\n")
    return config


SLOW_MIGRATION = """
import shutil
from pathlib import Path
import edge.service, edge.store.schema as schema

edge.service.EXTEND_EVERY_S = 0.0
more = Path({folder!r}) / "migrations"
if not more.exists():
    shutil.copytree(schema.MIGRATIONS, more)
    (more / "9000_slow.sql").write_text(
        "CREATE TABLE slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) "
        "SELECT count(*) AS counted FROM n;"
    )
schema.MIGRATIONS = more
"""


def test_a_long_migration_asks_the_service_manager_for_more_time(
    garden: StreamServer, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(SLOW_MIGRATION.format(folder=str(hook)), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(hook), str(PROJECT))))
    with Daemon("--source", garden.address, "--model", model, "--data", tmp_path / "data", "--dry-run") as daemon:
        for _time in range(10):
            told = daemon.tells_systemd("STATUS=bringing the database up to date")
            assert "EXTEND_TIMEOUT_USEC=60000000" in told.splitlines()
        daemon.tells_systemd("READY=1")
        daemon.stop()
    with closing(sqlite3.connect(tmp_path / "data" / "gardenwatch.db")) as db:
        assert db.execute("SELECT counted FROM slow").fetchone() == (1_000_000,)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_live_camera_is_watched_until_told_to_stop(
    number: int, garden: StreamServer, model: Path, tmp_path: Path
) -> None:
    with Daemon("--source", garden.address, "--model", model, "--data", tmp_path / "data", "--dry-run") as daemon:
        daemon.tells_systemd("READY=1")
        daemon.tells_systemd("STATUS=camera open, 100 frames")
        assert daemon.stop(number) < here(2.0)
        assert daemon.process.returncode == 0
        daemon.tells_systemd("STOPPING=1")
    assert any("sightings: 0" in line for line in daemon.said)


def test_a_camera_that_dies_and_comes_back_is_no_sighting(
    garden: StreamServer, brisk: Path, model: Path, tmp_path: Path
) -> None:
    words = ("--config", brisk, "--source", garden.address, "--model", model, "--data", tmp_path / "data", "--dry-run")
    with Daemon(*words) as daemon:
        daemon.tells_systemd("STATUS=camera open, 100 frames")
        garden.kill()
        daemon.says("camera: lost")
        time.sleep(1.5 * SLOW_S)  # a shorter gap does not count as blind
        garden.start()
        daemon.says("camera: open")
        daemon.tells_systemd("STATUS=camera open, 200 frames")
        daemon.stop()
        assert daemon.process.returncode == 0
    assert listed(tmp_path / "data") == []
    with closing(sqlite3.connect(tmp_path / "data" / "gardenwatch.db")) as db:
        effort = dict(db.execute("SELECT kind, sum(seconds) FROM effort GROUP BY kind"))
    assert effort["camera_lost"] > 0
    assert effort["watched"] > 1


def test_a_picture_of_another_size_is_learned_anew_and_is_no_sighting(
    garden: StreamServer, brisk: Path, model: Path, tmp_path: Path
) -> None:
    words = ("--config", brisk, "--source", garden.address, "--model", model, "--data", tmp_path / "data", "--dry-run")
    with Daemon(*words) as daemon:
        daemon.tells_systemd("STATUS=camera open, 100 frames")
        garden.mode("small")
        daemon.tells_systemd("STATUS=camera open, 200 frames")
        garden.mode("ok")
        daemon.tells_systemd("STATUS=camera open, 300 frames")
        daemon.stop()
        assert daemon.process.returncode == 0
    assert listed(tmp_path / "data") == []


def test_the_lamp_goes_out_when_the_camera_is_lost_with_a_pest_before_it(model: Path, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for index in range(150):  # 6 s of empty bed, then 4 s of a dot that walks in and rests
        share = (index - 90) / 60 * 0.6
        cv2.imwrite(str(pictures / f"{index:03}.jpg"), picture(share, index))
    with (
        StreamServer(pictures, fps=15) as server,
        Daemon("--source", server.address, "--model", model, "--data", tmp_path / "data", "--dry-run") as daemon,
    ):
        daemon.says("LED D13 on")
        server.kill()
        daemon.says("LED D13 off")
        daemon.stop()
    assert {row["closed"] for row in listed(tmp_path / "data")} == {True}


def test_a_missing_camera_is_waited_for(model: Path, tmp_path: Path) -> None:
    address = "http://127.0.0.1:9/video"
    with Daemon("--source", address, "--model", model, "--data", tmp_path / "data", "--dry-run") as daemon:
        daemon.tells_systemd("READY=1")
        daemon.says("camera: lost")
        daemon.tells_systemd("WATCHDOG=1")
        assert daemon.process.poll() is None
        assert daemon.stop() < here(2.0)
        assert daemon.process.returncode == 0


def test_the_watchdog_is_fed_while_a_read_blocks(garden: StreamServer, model: Path, tmp_path: Path) -> None:
    """A stalled USB camera holds each read for ten seconds, this one for ten minutes: twenty turns end meanwhile."""
    config = tmp_path / "patient.yaml"
    config.write_text("camera: {read_timeout_s: 600}\n")
    words = ("--config", config, "--source", garden.address, "--model", model, "--data", tmp_path / "data", "--dry-run")
    with Daemon(*words) as daemon:
        daemon.tells_systemd("STATUS=camera open, 100 frames")
        garden.mode("stall")
        daemon.forget_what_systemd_was_told()
        for _turn in range(20):  # more than pictures can be on their way
            daemon.tells_systemd("WATCHDOG=1")
        daemon.stop()
    assert not any("camera: lost" in line for line in daemon.said), "the read has ended"


def test_a_missing_board_does_not_stop_the_watching(garden: StreamServer, model: Path, tmp_path: Path) -> None:
    pytest.importorskip("serial", reason="pyserial is not installed: pip install pyserial")
    config = tmp_path / "gardenwatch.yaml"
    config.write_text(f"data: data\nboard: {{kind: pinpong, port: {tmp_path}/ttyACM9}}\nmodel: {{path: {model}}}\n")
    with Daemon("--config", config, "--source", garden.address) as daemon:
        daemon.tells_systemd("READY=1")
        daemon.tells_systemd("STATUS=camera open, 100 frames")
        assert daemon.stop() < here(2.0)
        assert daemon.process.returncode == 0
    assert len([line for line in daemon.said if "board state=" in line and "absent" in line]) == 1


def test_a_second_daemon_on_the_same_data_refuses(garden: StreamServer, model: Path, tmp_path: Path) -> None:
    words = ("--source", garden.address, "--dry-run", "--model", model, "--data", tmp_path / "data")
    with Daemon(*words) as daemon:
        daemon.tells_systemd("READY=1")
        second = gardenwatch("run", *words)
        assert second.returncode == 78
        assert str(daemon.process.pid) in second.stderr
        assert daemon.process.poll() is None
        daemon.process.kill()
        daemon.process.wait()
        with Daemon(*words) as heir:
            heir.tells_systemd("READY=1")
            heir.stop()
            assert heir.process.returncode == 0
