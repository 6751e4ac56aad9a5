"""A file that says how the watching goes: whole, now and then, and never at the watching's cost."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from edge import heartbeat
from edge.heartbeat import EVERY_S, FILE, Heartbeat, Pulse
from tests.films import walking_dot
from tests.model.tiny import colour_model
from tests.programs import gardenwatch

PULSE = Pulse(1200, 3, 7, 1, 2, 0, "open", "seen", "ok", "ready", 4, 5)


class Watcher:
    """Turns of a loop whose clock the test moves."""

    def __init__(self, data: Path) -> None:
        self.data, self.now_s = data, 100.0
        self.heart = Heartbeat(data, lambda: 51.5, clock=lambda: self.now_s)

    def turn(self, seconds: float = 1.0, blind: str | None = None, pulse: Pulse = PULSE) -> None:
        self.now_s += seconds
        self.heart.count(seconds, blind)
        self.heart.beat(lambda: pulse)

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.data / FILE).read_text("utf-8"))
        return told


@pytest.fixture
def watcher(tmp_path: Path) -> Watcher:
    return Watcher(tmp_path)


def test_says_how_the_watching_goes(watcher: Watcher) -> None:
    watcher.turn(2.5)
    told = watcher.told()
    assert (told["state"], told["frames"], told["queue"], told["camera_reopened"]) == ("watching", 1200, 2, 4)
    assert (told["watched_s"], told["blind_s"], told["temperature_c"]) == (2.5, {}, 51.5)
    assert told["disk_total_mb"] > told["disk_free_mb"] > 0
    assert datetime.fromisoformat(told["at"]).tzinfo is not None


def test_is_written_every_half_minute_only(watcher: Watcher) -> None:
    watcher.turn()
    watcher.turn(EVERY_S - 1, pulse=replace(PULSE, frames=5))
    assert watcher.told()["frames"] == 1200
    watcher.turn(1, pulse=replace(PULSE, frames=5))
    assert watcher.told()["frames"] == 5


def test_counts_seconds_at_rest_beside_the_watched_and_blind_ones(watcher: Watcher) -> None:
    watcher.heart.count(5, None)
    watcher.heart.count(600, None, "paused")
    watcher.turn(0)
    told = watcher.told()
    assert (told["watched_s"], told["blind_s"], told["resting_s"]) == (5, {}, {"paused": 600})


def test_counts_blind_seconds_by_reason(watcher: Watcher) -> None:
    for reason in ("dark", "dark", "camera_lost", None):
        watcher.turn(10, blind=reason)
    watcher.heart.close()
    assert watcher.told()["blind_s"] == {"camera_lost": 10, "dark": 20}
    assert watcher.told()["watched_s"] == 10


def test_remembers_the_last_warning(watcher: Watcher) -> None:
    logging.getLogger("edge.camera").warning("camera lost name=%s", "garden")
    logging.getLogger("edge.camera").info("camera open")
    watcher.turn()
    error = watcher.told()["last_error"]
    assert (error["level"], error["text"]) == ("WARNING", "camera lost name=garden")


def test_counts_starts_of_one_boot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for boot, restarts in (("one", 0), ("one", 1), ("one", 2), ("two", 0)):
        monkeypatch.setattr(heartbeat, "boot_id", lambda boot=boot: boot)
        again = Watcher(tmp_path)
        again.turn()
        assert again.told()["restarts"] == restarts
        again.heart.close()


def test_says_that_it_was_stopped(watcher: Watcher) -> None:
    watcher.turn()
    watcher.heart.close()
    assert watcher.told()["state"] == "stopped"
    assert len(list(watcher.data.iterdir())) == 1, "no part is left"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"boot_id": 5, "restarts": "x"}', b"\xff" * 40])
def test_a_damaged_file_of_before_hinders_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    Watcher(tmp_path).turn()
    assert heartbeat.read(tmp_path) is not None


def test_a_disk_that_takes_nothing_hinders_nothing(watcher: Watcher, tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.part").mkdir()
    watcher.turn()
    watcher.heart.close()
    assert heartbeat.read(tmp_path) is None


def test_a_real_run_leaves_it(tmp_path: Path) -> None:
    film, model = walking_dot(tmp_path / "film.avi"), colour_model(tmp_path / "colours.onnx")
    run = gardenwatch("run", "--source", film, "--model", model, "--data", tmp_path / "data", "--dry-run")
    assert run.returncode == 0, run.stderr
    told = heartbeat.read(tmp_path / "data")
    assert told is not None
    assert (told["state"], told["sightings"], told["frames"], told["camera"]) == ("stopped", 1, 160, "ended")
    assert told["watched_s"] + sum(told["blind_s"].values()) == pytest.approx(16, abs=0.5)
