"""Whatever keeps the camera from seeing is noticed and named; a garden's own changes are not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.camera.garden.scene import Garden
from edge.records import Frame, Image
from edge.vision.health import SceneHealth
from tests.vision.bed import film, moment

Change = Callable[[Image, float], Image]
BEGINS_S, ENDS_S, WHOLE_S = 12, 36, 48


@pytest.fixture(scope="module")
def pictures() -> list[Image]:
    """A picture a second of the drawn garden: wind, animals, a cloud, noise."""
    garden = Garden()
    return [garden.frame(second * 10 % garden.frame_count) for second in range(WHOLE_S)]


def darkened(image: Image, second: float) -> Image:
    return grained(cv2.convertScaleAbs(image, alpha=0.1), second)


def overexposed(image: Image, second: float) -> Image:
    return np.asarray(cv2.convertScaleAbs(image, alpha=4), np.uint8)


def blurred(image: Image, second: float) -> Image:
    return grained(cv2.GaussianBlur(image, (0, 0), 8), second)


def covered_by_a_hand(image: Image, second: float) -> Image:
    """Skin right before the lens: no edge anywhere, a little darker to one side."""
    light = np.linspace(0.6, 1.1, image.shape[1])[None, :, None] * np.linspace(1.1, 0.8, image.shape[0])[:, None, None]
    return grained(np.clip(light * np.array([90, 110, 160]), 0, 255), second)


def capped(image: Image, second: float) -> Image:
    return grained(np.full(image.shape, 5), second)


def turned(image: Image, second: float) -> Image:
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 10, 1)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)


def shifted(image: Image, second: float) -> Image:
    return np.roll(image, 90, axis=1)


def grained(image: np.ndarray, second: float) -> Image:
    """With a sensor's noise, which is there even where no light comes in."""
    noise = np.random.default_rng(round(10 * second)).normal(0, 2, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def replayed(pictures: Iterable[Image], change: Change | None = None, ends_s: float = ENDS_S) -> list[str | None]:
    """What is said of each second's picture; `change` holds from `BEGINS_S` to `ends_s`."""
    health = SceneHealth()
    said: list[str | None] = []
    for second, image in enumerate(pictures):
        changed = change is not None and BEGINS_S <= second < ends_s
        shown = change(image, second) if change and changed else image
        said.append(health.see(Frame(shown, second, moment(float(second)))))
    return said


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        (darkened, "dark"),
        (overexposed, "overexposed"),
        (blurred, "blurred"),
        (covered_by_a_hand, "covered"),
        (capped, "covered"),
    ],
)
def test_what_hides_the_scene_is_named_within_three_seconds_and_over_within_two(
    pictures: list[Image], change: Change, trouble: str
):
    said = replayed(pictures, change)
    assert said[: BEGINS_S + 2] == [None] * (BEGINS_S + 2)
    assert set(said[BEGINS_S + 2 : ENDS_S]) == {trouble}
    assert set(said[ENDS_S + 1 :]) == {None}


def test_a_picture_that_never_changes_is_frozen_after_ten_seconds(pictures: list[Image]):
    said = replayed(pictures, lambda image, second: pictures[BEGINS_S])
    assert set(said[BEGINS_S + 10 : ENDS_S]) == {"frozen"}
    assert set(said[: BEGINS_S + 10]) == set(said[ENDS_S + 1 :]) == {None}


@pytest.mark.parametrize("code", ["mp4v", "MJPG"])
def test_a_frozen_picture_is_frozen_in_a_film_too(pictures: list[Image], code: str, tmp_path: Path):
    path = tmp_path / ("film.mp4" if code == "mp4v" else "film.avi")
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*code), 10, (1280, 720))
    for image in [*pictures[:10], *[pictures[10]] * 160]:
        writer.write(image)
    writer.release()
    assert replayed(_each_second(path))[-1] == "frozen"


@pytest.mark.parametrize("change", [turned, shifted])
def test_a_moved_camera_is_blind_until_the_new_scene_is_learned(pictures: list[Image], change: Change):
    said = replayed(pictures, change, ends_s=WHOLE_S)
    assert said[: BEGINS_S + 2] == [None] * (BEGINS_S + 2)
    assert set(said[BEGINS_S + 2 : BEGINS_S + 5]) == {"moved"}
    assert set(said[BEGINS_S + 6 :]) == {None}


def test_dusk_becomes_dark_and_stays_so(pictures: list[Image]):
    def dusk(image: Image, second: float) -> Image:
        return grained(image * max(0.0, 1 - (second - BEGINS_S) / 20), second)

    said = replayed(pictures, dusk, ends_s=WHOLE_S)
    assert set(said) == {None, "dark"}
    assert said[-10:] == ["dark"] * 10


@pytest.mark.parametrize("factor", [0.5, 1.6], ids=["darker", "brighter"])
def test_a_step_of_the_light_is_no_trouble(pictures: list[Image], factor: float):
    said = replayed(pictures, lambda image, second: np.asarray(cv2.convertScaleAbs(image, alpha=factor), np.uint8))
    assert set(said) == {None}


def test_a_hand_that_passes_is_no_trouble(pictures: list[Image]):
    assert set(replayed(pictures, covered_by_a_hand, ends_s=BEGINS_S + 2)) == {None}


@pytest.mark.parametrize("noise", [1.0, 8.0])
def test_a_quiet_bed_before_a_noisy_sensor_is_seen(noise: float):
    assert set(replayed(frame.image for frame in film(30, fps=1, noise=noise))) == {None}


def test_a_camera_that_starts_behind_a_cap_is_told_of(pictures: list[Image]):
    health = SceneHealth()
    said = [health.see(Frame(capped(image, s), s, moment(float(s)))) for s, image in enumerate(pictures[:6])]
    assert said[-1] == "dark"


def test_a_plain_wall_with_a_twig_is_a_scene(pictures: list[Image]):
    def wall(image: Image, second: float) -> Image:
        plain = np.full(image.shape, 140, np.uint8)
        plain[100:260, 200:420] = image[100:260, 200:420]
        return grained(plain, second)

    health = SceneHealth()
    said = [health.see(Frame(wall(image, s), s, moment(float(s)))) for s, image in enumerate(pictures)]
    assert set(said) == {None}


def test_a_macro_camera_may_be_filled_by_an_animal(pictures: list[Image]):
    health = SceneHealth(light_only=True)
    said = [health.see(Frame(blurred(image, s), s, moment(float(s)))) for s, image in enumerate(pictures)]
    assert set(said) == {None}


def test_no_shared_clip_is_called_blind(shared: Path):
    clips = sorted((shared / "data" / "clips").glob("*.mp4"))
    assert clips
    for clip in clips:
        assert set(replayed(_each_second(clip))) == {None}, clip.name


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        (darkened, "dark"),
        (overexposed, "overexposed"),
        (blurred, "blurred"),
        (covered_by_a_hand, "covered"),
        (turned, "moved"),
    ],
)
def test_troubles_of_a_shared_clip_are_named(shared: Path, change: Change, trouble: str):
    for name in ("dev_03", "dev_07"):
        said = replayed(islice(_each_second(shared / "data" / "clips" / f"{name}.mp4"), WHOLE_S), change)
        assert said[BEGINS_S + 2] == trouble
        assert set(said[BEGINS_S + 2 : ENDS_S]) <= {trouble, None if trouble == "moved" else trouble}


def _each_second(path: Path) -> Iterator[Image]:
    capture = cv2.VideoCapture(str(path))
    for index in count():
        if not capture.grab():
            return
        if index % 10 == 0:
            yield np.asarray(capture.retrieve()[1], np.uint8)
