"""Watching on while nothing can be seen: blind time is counted and told, and is never a sighting."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.records import Image
from tests.films import FPS, SIZE, picture
from tests.model.tiny import colour_model
from tests.programs import gardenwatch, listed

HIDDEN_FROM_S, HIDDEN_UNTIL_S, WHOLE_S = 10, 25, 40


def a_hand(image: Image, index: int) -> Image:
    noise = np.random.default_rng(index).integers(-3, 4, image.shape, np.int16)
    return np.clip(np.full(image.shape, 120, np.int16) + noise, 0, 255).astype(np.uint8)


def night(image: Image, index: int) -> Image:
    return np.asarray(cv2.convertScaleAbs(image, alpha=0.1), np.uint8)


def a_wet_lens(image: Image, index: int) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 9), np.uint8)


@pytest.mark.parametrize(
    ("change", "trouble", "told"),
    [
        (a_hand, "covered", "something covers the lens"),
        (night, "dark", "too dark to see anything"),
        (a_wet_lens, "blurred", "nothing is sharp"),
    ],
)
def test_a_pest_that_can_no_longer_be_seen_is_gone_and_the_time_is_blind(
    change: Callable[[Image, int], Image], trouble: str, told: str, tmp_path: Path
) -> None:
    film = _film(tmp_path / "film.avi", change)
    model = colour_model(tmp_path / "colours.onnx")
    run = gardenwatch("run", "--source", film, "--model", model, "--data", tmp_path, "--dry-run")
    assert run.returncode == 0, run.stderr
    assert all(
        row["last_seen_s"] <= HIDDEN_FROM_S + 3 or row["first_seen_s"] >= HIDDEN_UNTIL_S for row in listed(tmp_path)
    )
    assert run.stdout.index("LED D13 on") < run.stdout.index("LED D13 off") < run.stdout.index("can be seen again")
    assert run.stdout.count(told) == run.stdout.count("can be seen again") == 1
    blind = _effort(tmp_path)
    assert HIDDEN_UNTIL_S - HIDDEN_FROM_S - 3 <= blind[trouble] <= HIDDEN_UNTIL_S - HIDDEN_FROM_S + 2
    assert sum(blind.values()) == pytest.approx(WHOLE_S, abs=0.5)


def test_a_camera_that_is_turned_is_told_of_and_is_no_sighting(tmp_path: Path) -> None:
    writer = cv2.VideoWriter(str(tmp_path / "film.avi"), cv2.VideoWriter.fourcc(*"MJPG"), FPS, SIZE)
    for index in range(25 * FPS):
        image = picture(-1, index)
        writer.write(image if index < 10 * FPS else np.roll(image, (40, 150), axis=(0, 1)))
    writer.release()
    model = colour_model(tmp_path / "colours.onnx")
    run = gardenwatch("run", "--source", tmp_path / "film.avi", "--model", model, "--data", tmp_path, "--dry-run")
    assert "the camera was moved" in run.stdout
    assert "sightings: 0" in run.stdout
    assert 2 <= _effort(tmp_path)["moved"] <= 6


def _film(path: Path, change: Callable[[Image, int], Image]) -> Path:
    """A red dot walks in and rests; from `HIDDEN_FROM_S` to `HIDDEN_UNTIL_S` it cannot be seen; then it is gone."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, SIZE)
    for index in range(WHOLE_S * FPS):
        second = index / FPS
        hidden = HIDDEN_FROM_S <= second < HIDDEN_UNTIL_S
        image = picture(min((second - 5) / 6, 0.5) if second < HIDDEN_UNTIL_S else -1, index)
        writer.write(change(image, index) if hidden else image)
    writer.release()
    return path


def _effort(data: Path) -> dict[str, float]:
    with closing(sqlite3.connect(data / "gardenwatch.db")) as db:
        return dict(db.execute("SELECT kind, sum(seconds) FROM effort GROUP BY kind"))
