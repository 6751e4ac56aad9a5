"""The whole tale: a film goes in, D13 of the emulated chip is high while the pest is there, record and photo remain."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from edge.assets import DEFAULT_MODEL
from edge.camera.demo import DemoCamera
from tests.programs import SLOW_S, here
from tests.rigs.uno import Bench, EmulatedUno, SimulatedUno, need_pinpong, need_simavr

LAMP = 13


def film_of_the_drawn_garden(path: Path, until_s: float) -> Path:
    """The demo garden as a real video file: one caterpillar comes and goes."""
    garden = DemoCamera(seed=1)
    frame = garden.read(1.0)
    assert frame is not None
    height, width = frame.image.shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (width, height))
    while frame is not None and frame.moment.tick_s < until_s:
        writer.write(frame.image)
        frame = garden.read(1.0)
    writer.release()
    garden.close()
    return path


def watch(film: Path, uno: Bench, folder: Path) -> tuple[str, list[dict[str, object]]]:
    """Runs the daemon over the film at its own pace with the real model and the real pinpong; what it said and kept."""
    config = folder / "gardenwatch.yaml"
    config.write_text(f"data: data\nboard: {{kind: pinpong, port: '{uno.path}'}}\n", encoding="utf-8")
    words = [sys.executable, "-m", "edge", "run", "--config", str(config), "--source", str(film), "--realtime"]
    run = subprocess.run(words, env=uno.env, capture_output=True, text=True, timeout=SLOW_S)
    assert run.returncode == 0, run.stdout + run.stderr
    words = [sys.executable, "-m", "edge", "sightings", "--data", str(folder / "data"), "--format", "jsonl"]
    listing = subprocess.run(words, capture_output=True, text=True, timeout=SLOW_S, check=True)
    return run.stdout, [json.loads(line) for line in listing.stdout.splitlines()]


def tell(film: Path, uno: Bench, folder: Path, *pests: str) -> None:
    """The film shows these pests one after the other, perhaps among other animals."""
    _, rows = watch(film, uno, folder)
    seen = sorted((row for row in rows if row["role"] == "pest"), key=lambda row: float(str(row["first_seen_s"])))
    assert [row["label"] for row in seen] == list(pests)
    changes = uno.changes(LAMP)
    assert [change.on for change in changes] == [True, False] * len(pests)
    for row, on, off in zip(seen, changes[::2], changes[1::2], strict=True):
        photo = cv2.imread(str(folder / "data" / str(row["photo"])))
        assert photo is not None
        assert min(photo.shape[:2]) > 40
        stayed = float(str(row["last_seen_s"])) - float(str(row["decided_s"]))
        assert abs((off.tick_s - on.tick_s) - stayed) < here(9), "the lamp was on as long as the pest was there"


@pytest.fixture(scope="module")
def drawn_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film_of_the_drawn_garden(tmp_path_factory.mktemp("film") / "garden.mp4", until_s=17.5)


def test_the_lamp_of_an_emulated_uno_follows_the_pest(drawn_film: Path, tmp_path: Path) -> None:
    need_pinpong()
    with EmulatedUno(tmp_path) as uno:
        tell(drawn_film, uno, tmp_path, "caterpillar")


@pytest.mark.system
def test_the_lamp_of_the_real_firmware_follows_the_pest(drawn_film: Path, tmp_path: Path) -> None:
    need_pinpong()
    need_simavr()
    with SimulatedUno(tmp_path) as uno:
        tell(drawn_film, uno, tmp_path, "caterpillar")


@pytest.mark.system
def test_the_lamp_follows_the_pests_of_a_clip_of_photographed_animals(shared: Path, tmp_path: Path) -> None:
    """A cabbage white from 6 to 20 s, another from 37 to 52 s; a wasp and a bee do not light the lamp."""
    need_pinpong()
    need_simavr()
    with SimulatedUno(tmp_path) as uno:
        tell(shared / "data" / "clips" / "dev_04.mp4", uno, tmp_path, "cabbage_white", "cabbage_white")


def test_the_bundled_model_is_small_enough_to_ship() -> None:
    assert DEFAULT_MODEL.stat().st_size <= 10_000_000
