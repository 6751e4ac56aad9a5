"""One picture to look at, and to read masks off."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.records import Image
from tests.films import walking_dot
from tests.programs import gardenwatch


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return walking_dot(tmp_path / "film.avi")


def picture(path: Path) -> Image:
    image = cv2.imread(str(path))
    assert image is not None
    return np.asarray(image, np.uint8)


def test_the_grid_is_drawn_every_tenth(film: Path, tmp_path: Path) -> None:
    run = gardenwatch("still", "--source", film, "--out", tmp_path / "grid.png")
    assert run.returncode == 0, run.stderr
    assert "640 × 360 pixels" in run.stdout
    gardenwatch("still", "--source", film, "--out", tmp_path / "plain.png", "--plain")
    differs = np.abs(picture(tmp_path / "grid.png").astype(int) - picture(tmp_path / "plain.png")).max(2) > 20
    columns = [x for x in range(1, 640) if differs[:, x].mean() > 0.9]
    assert {round(step * 639 / 10) for step in range(1, 10)} <= set(columns)
    assert len(columns) <= 9 * 5, "a thin line every tenth"


def test_masks_beside_the_configuration_are_drawn_in(film: Path, tmp_path: Path) -> None:
    config = tmp_path / "gardenwatch.yaml"
    config.write_text(f"camera: {{source: {film.name}}}\n")
    gardenwatch("still", "--config", config, "--out", tmp_path / "before.png")
    (tmp_path / "masks.yaml").write_text("masks: [{kind: ignore, polygon: [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}]\n")
    gardenwatch("still", "--config", config, "--out", tmp_path / "after.png")
    before, after = picture(tmp_path / "before.png"), picture(tmp_path / "after.png")
    assert after[:, :310].mean() < 0.6 * before[:, :310].mean()
    assert np.array_equal(after[:, 330:], before[:, 330:])


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("--source", "nowhere.mp4"), 2, "no file or folder"),
        (("--source", "demo", "--out", "picture.txt"), 2, "ending in .jpg or .png"),
        (("--source", "demo", "--out", "nowhere/at/all.jpg"), 2, "no folder"),
    ],
)
def test_what_cannot_be_done_is_answered(words: tuple[str, ...], status: int, told: str) -> None:
    run = gardenwatch("still", *words)
    assert (run.returncode, run.stdout) == (status, "")
    assert told in run.stderr


def test_a_camera_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    config = tmp_path / "gardenwatch.yaml"
    config.write_text("camera: {source: /dev/video99, open_timeout_s: 0.5, read_timeout_s: 0.5}\n")
    run = gardenwatch("still", "--config", config, "--out", tmp_path / "still.jpg")
    assert run.returncode == 1
    assert "expected a picture from /dev/video99" in run.stderr
    assert not (tmp_path / "still.jpg").exists()
