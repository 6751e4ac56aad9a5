"""The gate opens for what is new, and for nothing else."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.masks import MaskFile
from edge.records import Box, Image
from edge.settings import GateSettings
from edge.vision.gate import Gate
from tests.vision.bed import HEIGHT, WIDTH, beetle, film, regions


def test_a_quiet_bed_opens_nothing():
    assert not any(regions(film(8)))


def test_a_noisy_camera_opens_nothing():
    assert not any(regions(film(8, noise=8)))


@pytest.mark.parametrize("length", [14, 36, 100], ids=["ant", "beetle", "large moth"])
def test_an_animal_that_walks_in_is_found_in_nearly_every_frame(length: int):
    def walk(image: Image, second: float) -> None:
        beetle(image, 40 * (second - 4), 180, length)

    found = regions(film(16, walk))
    inside = [index for index in range(160) if length < 40 * (index / 10 - 4) < WIDTH - length]
    hits = [index for index in inside if any(_covers(r.box, 40 * (index / 10 - 4), 180) for r in found[index])]
    assert len(hits) >= 0.95 * len(inside)
    assert sum(len(found[index]) for index in inside) <= 1.1 * len(inside), "one animal is one region"


def test_a_red_animal_as_bright_as_the_ground_is_found():
    def walk(image: Image, second: float) -> None:
        part = image[165:195, max(round(40 * (second - 4)) - 20, 0) : max(round(40 * (second - 4)) + 20, 0)]
        grey = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY).astype(np.int16) if part.size else np.zeros(part.shape[:2])
        part[:] = np.clip(np.stack([grey - 58, grey - 38, grey + 97], axis=-1), 0, 255)  # same luma, pixel by pixel

    found = regions(film(14, walk))
    assert all(any(_covers(r.box, 40 * (index / 10 - 4), 180) for r in found[index]) for index in range(60, 130))


def test_a_resting_animal_stays_new_while_it_is_known():
    def rest(image: Image, second: float) -> None:
        if second >= 4:
            beetle(image, min(40 * (second - 4), 300), 180)

    found = regions(film(60, rest), lambda second: [Box(280, 168, 40, 24)] if second > 12 else [])
    assert all(any(_covers(r.box, 300, 180) for r in frame) for frame in found[-100:])


def test_a_resting_animal_leaves_no_ghost():
    def visit(image: Image, second: float) -> None:
        if 4 <= second < 45:
            beetle(image, min(40 * (second - 4), 300), 180)

    found = regions(film(50, visit), lambda second: [Box(280, 168, 40, 24)] if 12 < second < 46 else [])
    assert not any(found[-20:])


def test_something_unknown_that_stays_becomes_scene():
    def leave_a_pot(image: Image, second: float) -> None:
        if second >= 4:
            cv2.rectangle(image, (300, 150), (340, 190), (40, 60, 250), -1)

    found = regions(film(120, leave_a_pot, fps=5))
    assert found[50]
    assert not any(found[-50:])


@pytest.mark.parametrize("factor", [0.6, 1.5], ids=["darker", "brighter"])
def test_a_step_of_the_exposure_opens_nothing(factor: float):
    def step(image: Image, second: float) -> Image | None:
        return cv2.convertScaleAbs(image, alpha=factor if 4 < second < 7 else 1.0)

    assert not any(regions(film(10, step)))


def test_the_soft_shadow_of_a_cloud_opens_nothing():
    across = np.arange(WIDTH)[None, :, None]

    def cloud(image: Image, second: float) -> Image | None:
        edge = 120 * (second - 4)
        return (image * (1 - 0.45 / (1 + np.exp((across - edge) / 25)))).astype(np.uint8)

    assert not any(regions(film(12, cloud)))


def test_a_shaken_camera_opens_nothing():
    def shake(image: Image, second: float) -> Image | None:
        if not 4 < second < 5:
            return None
        matrix = np.array([[1, 0, 9 * math.sin(20 * second)], [0, 1, 6 * math.cos(17 * second)]])
        return cv2.warpAffine(image, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)

    assert not any(regions(film(8, shake)))


def test_stems_that_sway_all_the_time_are_soon_no_news():
    def sway(image: Image, second: float) -> None:
        for root in range(60, WIDTH, 60):
            tip = round(root + 8 * math.sin(2.2 * second + root))
            cv2.line(image, (root, 360), (tip, 200), (60, 160, 90), 6)

    found = regions(film(20, sway))
    assert sum(map(len, found[100:])) <= 3


def test_an_animal_is_found_among_swaying_stems():
    def sway_and_walk(image: Image, second: float) -> None:
        for root in range(60, WIDTH, 60):
            tip = round(root + 8 * math.sin(2.2 * second + root))
            cv2.line(image, (root, 360), (tip, 200), (60, 160, 90), 6)
        if second > 10:
            beetle(image, 40 * (second - 10), 280)

    found = regions(film(24, sway_and_walk))
    hits = [any(_covers(r.box, 40 * (i / 10 - 10), 280) for r in found[i]) for i in range(115, 235)]
    assert np.mean(hits) > 0.9


def test_coming_back_after_a_lost_camera_is_no_news():
    frames = list(
        film(12, lambda image, second: cv2.convertScaleAbs(image, alpha=1.0) if second < 6 else image[:, ::-1])
    )
    before, after = frames[:60], frames[60:]
    later = [type(f)(f.image, f.index, type(f.moment)(f.moment.wall, f.moment.tick_s + 60, None)) for f in after]
    assert not any(regions([*before, *later]))


def test_a_camera_turned_to_another_scene_learns_it_without_a_storm():
    found = regions(film(12, lambda image, second: None if second < 6 else np.ascontiguousarray(image[::-1, ::-1])))
    assert sum(map(len, found)) <= 3


def _covers(box: Box, x: float, y: float) -> bool:
    return box.x - 6 <= x <= box.x + box.w + 6 and box.y - 6 <= y <= box.y + box.h + 6


def test_what_moves_in_an_ignored_part_is_not_there(tmp_path: Path):
    (tmp_path / "masks.yaml").write_text("masks: [{kind: ignore, polygon: [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}]")

    def walk(image: Image, second: float) -> None:
        beetle(image, 40 * (second - 4), 180)

    gate = Gate(GateSettings(), MaskFile(tmp_path / "masks.yaml"))
    found = [region.box for frame in film(20, walk) for region in gate.regions(frame)]
    assert found, "the right half is watched"
    assert all(box.x >= WIDTH / 2 - 4 for box in found)


def test_a_large_change_in_an_ignored_part_does_not_hide_an_animal(tmp_path: Path):
    """A road or a screen beside the bed."""
    (tmp_path / "masks.yaml").write_text("masks: [{kind: ignore, polygon: [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}]")

    def road(image: Image, second: float) -> None:
        if second > 4:
            image[:, : WIDTH // 2 - 8] = 255 - image[:, : WIDTH // 2 - 8] if int(second * 5) % 2 else 40
        beetle(image, WIDTH / 2 + 40 * (second - 5), 180)

    gate = Gate(GateSettings(), MaskFile(tmp_path / "masks.yaml"))
    found = [bool(gate.regions(frame)) for frame in film(10, road)]
    assert sum(found[65:95]) >= 27
