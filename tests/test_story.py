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


def part_of_clip(source: Path, path: Path, from_s: float, until_s: float) -> Path:
    clip = cv2.VideoCapture(str(source))
    size = int(clip.get(cv2.CAP_PROP_FRAME_WIDTH)), int(clip.get(cv2.CAP_PROP_FRAME_HEIGHT))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, size)
    index = 0
    while (read := clip.read())[0] and index < until_s * 10:
        if index >= from_s * 10:
            writer.write(read[1])
        index += 1
    writer.release()
    clip.release()
    return path


def watch(film: Path, uno: Bench, folder: Path) -> tuple[str, list[dict[str, object]]]:
    """Runs the daemon over the film at its own pace with the real model and the real pinpong; what it said and kept."""
    config = folder / "gardenwatch.yaml"
    config.write_text(f"data: data\nboard: {{kind: pinpong, port: '{uno.path}'}}\n", encoding="utf-8")
    words = [sys.executable, "-m", "edge", "run", "--config", str(config), "--source", str(film), "--realtime"]
    run = subprocess.run(words, env=uno.env, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr
    words = [sys.executable, "-m", "edge", "sightings", "--data", str(folder / "data"), "--format", "jsonl"]
    listing = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    return run.stdout, [json.loads(line) for line in listing.stdout.splitlines()]


def tell(film: Path, uno: Bench, folder: Path, pest: str) -> None:
    _, rows = watch(film, uno, folder)
    pests = [row for row in rows if row["role"] == "pest"]
    assert [row["label"] for row in pests] == [pest]
    photo = cv2.imread(str(folder / "data" / str(pests[0]["photo"])))
    assert photo is not None
    assert min(photo.shape[:2]) > 40
    on, off = uno.changes(LAMP)
    assert (on.on, off.on) == (True, False)
    stayed = float(str(pests[0]["last_seen_s"])) - float(str(pests[0]["decided_s"]))
    assert abs((off.tick_s - on.tick_s) - stayed) < 4, "the lamp was on as long as the pest was there"


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
def test_the_lamp_follows_a_pest_of_a_real_photograph(shared: Path, tmp_path: Path) -> None:
    """The cabbage white of clip dev_04 comes at 37 s and goes at 52 s."""
    need_pinpong()
    need_simavr()
    film = part_of_clip(shared / "data" / "clips" / "dev_04.mp4", tmp_path / "part.mp4", 33, 56)
    with SimulatedUno(tmp_path) as uno:
        tell(film, uno, tmp_path, "cabbage_white")


def test_the_bundled_model_is_small_enough_to_ship() -> None:
    assert DEFAULT_MODEL.stat().st_size <= 10_000_000
