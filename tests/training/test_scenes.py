"""What the network is shown instead of plain photos."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge.model.contract import GREY
from tests.training.conftest import picture
from training.cutouts import cut_out
from training.pictures import Picture
from training.scenes import draw_scene
from training.transforms import as_the_camera_sees, beside_view, cutout_view, ground_view, photo_view


def dot_on_ground(fill: float) -> Picture:
    """A red disc in the middle of cloudy green, as wide as `fill` of the height."""
    image = cv2.resize(picture(4, (40, 160, 40)), (160, 120))
    cv2.circle(image, (80, 60), round(60 * fill), (30, 30, 220), -1)
    return np.asarray(image, np.uint8)


@pytest.mark.parametrize("seed", range(40))
def test_scenes_are_pictures_and_each_is_another(seed: int) -> None:
    scene = draw_scene(np.random.default_rng(seed), 64)
    assert (scene.shape, scene.dtype) == ((64, 64, 3), np.uint8)
    assert not np.array_equal(scene, draw_scene(np.random.default_rng(seed + 1000), 64))


def test_the_animal_is_cut_out_of_its_ground() -> None:
    cutout = cut_out(dot_on_ground(0.6))
    assert cutout is not None
    inside = cutout.picture[cutout.mask > 0.9].mean(axis=0)
    assert inside[2] > 180
    assert inside[1] < 80
    assert cutout.mask.sum() == pytest.approx(np.pi * 36**2, rel=0.1)


@pytest.mark.parametrize("image", [dot_on_ground(2.4), np.full((90, 120, 3), 128, np.uint8)], ids=["cut off", "plain"])
def test_what_does_not_stand_out_is_not_cut_out(image: Picture) -> None:
    assert cut_out(image) is None


def test_a_cutout_lies_on_the_new_ground() -> None:
    cutout = cut_out(dot_on_ground(0.6))
    assert cutout is not None
    ground = np.full((96, 96, 3), (200, 0, 0), np.uint8)
    view = cutout_view(cutout, np.random.default_rng(0), ground)
    red = (view[:, :, 2] > 150).mean()
    assert 0.08 < red < 0.75
    assert (view[:, :, 0] > 60).mean() > 0.2


@pytest.mark.parametrize("seed", range(10))
def test_every_view_has_the_wanted_size(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ground = ground_view(rng, 96, picture(1))
    views = [photo_view(picture(3), rng, 96), photo_view(picture(3), rng, 96, ground=ground), ground]
    for view in [*views, *(as_the_camera_sees(v, rng) for v in views)]:
        assert (view.shape, view.dtype) == ((96, 96, 3), np.uint8)


def test_the_camera_often_sees_much_less_detail() -> None:
    rng = np.random.default_rng(0)
    sharp = rng.integers(0, 255, (128, 128, 3)).astype(np.uint8)
    kept = [cv2.Laplacian(as_the_camera_sees(sharp, rng), cv2.CV_32F).var() for _ in range(40)]
    soft = sum(value < 0.1 * cv2.Laplacian(sharp, cv2.CV_32F).var() for value in kept)
    assert 10 <= soft <= 35


@pytest.mark.parametrize("seed", range(20))
def test_what_lies_beside_an_animal_shows_nothing_of_it(seed: int) -> None:
    photo = dot_on_ground(0.5)
    cutout = cut_out(photo)
    assert cutout is not None
    view = beside_view(np.random.default_rng(seed), 64, photo, cutout.box)
    assert view is not None
    assert view.shape == (64, 64, 3)
    assert int(view[:, :, 2].max()) < 150  # nowhere the red of the disc


def test_an_animal_that_fills_its_photo_leaves_nothing_beside_it() -> None:
    assert beside_view(np.random.default_rng(0), 64, dot_on_ground(0.5), (0.1, 0.1, 0.9, 0.9)) is None


def test_of_a_long_photo_the_whole_is_shown_too() -> None:
    """White from end to end, of which the middle square shows a third."""
    long = np.zeros((60, 180, 3), np.uint8)
    long[25:35] = 255

    def most_white(*, whole: bool) -> tuple[float, float]:
        views = [photo_view(long, np.random.default_rng(seed), 96, upright=True, whole=whole) for seed in range(60)]
        thin = [float((view > 200).all(2).mean()) for view in views]
        return min(thin), max(float((view == GREY).all(2).mean()) for view in views)

    (thick, no_grey), (thin, grey) = most_white(whole=False), most_white(whole=True)
    assert thin < 0.6 * thick, "the bar is thinner where more of the photo is seen"
    assert no_grey == 0
    assert grey > 0.3
