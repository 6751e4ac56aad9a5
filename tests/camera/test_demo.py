"""The demo garden is the same everywhere, says that it is drawn, and shows what its ground truth tells."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from edge.camera.demo import DemoCamera
from edge.camera.garden.animals import Pose, Species, draw_animal
from edge.camera.garden.ground import SIGN_BOX
from edge.camera.garden.scene import HEIGHT, WIDTH, Garden
from edge.records import Box
from tests.programs import SLOW_S


@pytest.fixture(scope="module")
def garden() -> Garden:
    return Garden(seed=1)


def digest(garden: Garden, index: int) -> str:
    return hashlib.sha256(garden.frame(index).tobytes()).hexdigest()


def test_the_same_seed_draws_the_same_frames_in_any_order(garden: Garden) -> None:
    again = Garden(seed=1)
    forward = [digest(garden, index) for index in (0, 90, 250)]
    backward = [digest(again, index) for index in (250, 90, 0)]
    assert forward == backward[::-1]


def test_another_seed_draws_another_garden(garden: Garden) -> None:
    assert digest(Garden(seed=2), 0) != digest(garden, 0)


def test_drawing_leaves_the_global_random_state_alone(garden: Garden) -> None:
    np.random.seed(7)
    expected = np.random.random()
    np.random.seed(7)
    garden.frame(3)
    assert np.random.random() == expected


def test_the_story_has_pests_and_a_beneficial_animal_alone_and_together(garden: Garden) -> None:
    visits = garden.visits
    labels = [visit["label"] for visit in visits]
    assert len(visits) >= 4
    assert {"caterpillar", "snail", "bee"} <= set(labels)
    pairs = [(a, b) for a in visits for b in visits if a["id"] < b["id"]]
    assert any(a["start_s"] < b["end_s"] and b["start_s"] < a["end_s"] for a, b in pairs)


def test_the_background_has_five_quiet_seconds_to_be_learned(garden: Garden) -> None:
    assert min(visit["start_s"] for visit in garden.visits) > 5


def test_there_are_quiet_stretches_between_visits(garden: Garden) -> None:
    ends = 0.0
    quiet = []
    for visit in sorted(garden.visits, key=lambda visit: visit["start_s"]):
        quiet.append(visit["start_s"] - ends)
        ends = max(ends, visit["end_s"])
    assert sum(gap > 3 for gap in quiet) >= 3
    assert garden.frame_count / garden.fps - ends > 3


def test_every_animal_is_60_to_170_px_large_within_the_picture(garden: Garden) -> None:
    for visit in garden.visits:
        assert 60 <= visit["max_px"] <= 170
        for _, x, y, w, h in visit["boxes"]:
            assert Box(x, y, w, h) == Box(x, y, w, h).clipped(WIDTH, HEIGHT)


def test_the_truth_boxes_hold_something_that_the_empty_garden_does_not_show(garden: Garden) -> None:
    empty = garden.frame(0).astype(int)
    for visit in garden.visits:
        index, x, y, w, h = visit["boxes"][len(visit["boxes"]) // 2]
        part = np.s_[y : y + h, x : x + w]
        change = np.abs(garden.frame(index)[part].astype(int) - empty[part]).max(axis=2)
        assert (change > 40).mean() > 0.15, visit["label"]


def test_the_picture_says_on_a_sign_that_it_is_drawn(garden: Garden) -> None:
    x, y, w, h = SIGN_BOX
    sign = garden.frame(0)[y : y + h, x : x + w].mean(axis=2)
    assert (sign < 70).mean() > 0.06, "no dark letters on the wood"
    later = garden.frame(300)[y : y + h, x : x + w].mean(axis=2)
    assert abs(cv2.blur(sign, (9, 9)) - cv2.blur(later, (9, 9))).max() < 12, "the sign moved"


def test_leaves_move_and_the_sensor_is_noisy(garden: Garden) -> None:
    one, other = garden.frame(10).astype(int), garden.frame(14).astype(int)
    leaves, soil = np.s_[0:150, 200:1000], np.s_[300:600, 200:700]
    assert (np.abs(one[leaves] - other[leaves]).max(axis=2) > 30).mean() > 0.02
    assert 1 < np.std(one[soil] - other[soil]) / np.sqrt(2) < 3


@pytest.mark.parametrize("species", ["bee", "caterpillar", "snail"])
@pytest.mark.parametrize("heading_deg", [0, 75, 180, 290])
def test_no_pose_is_cut_off_by_its_sprite(species: Species, heading_deg: float) -> None:
    for stance in (0.0, 0.5, 1.0):
        cover = draw_animal(species, Pose(120, heading_deg, 0.3, stance))[:, :, 3]
        edge = np.concatenate([cover[0], cover[-1], cover[:, 0], cover[:, -1]])
        assert not edge.any()
        assert (cover > 200).sum() > 1200


def test_the_camera_gives_every_frame_then_ends() -> None:
    start = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
    camera = DemoCamera(seed=1, start=start)
    camera.garden.frame_count = 3
    frames = [frame for _ in range(3) if (frame := camera.read(0.1))]
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert [frame.moment.source_s for frame in frames] == [0.0, 0.1, 0.2]
    assert (frames[2].moment.wall - start).total_seconds() == pytest.approx(0.2)
    assert camera.read(0.1) is None
    assert camera.health().state == "ended"
    assert camera.health().complete


def test_the_camera_speaks_the_users_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.camera.demo._", str.upper)
    camera = DemoCamera(seed=1)
    assert camera.health().detail == "THE DRAWN DEMO GARDEN"
    camera.close()
    assert camera.health().detail == "THE DEMO GARDEN'S STORY IS OVER"


def test_realtime_keeps_the_gardens_own_pace() -> None:
    began = time.monotonic()
    camera = DemoCamera(seed=1, realtime=True)
    for _ in range(4):
        assert camera.read(SLOW_S) is not None
    assert camera.health().state == "open"
    assert time.monotonic() - began > 0.28, "four at ten a second"
