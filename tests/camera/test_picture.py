"""Whatever a camera or a file delivers becomes (H, W, 3) uint8 BGR, or is refused."""

from __future__ import annotations

import numpy as np
import pytest

from edge.camera.picture import as_bgr, is_torn
from tests.camera.recordings import numbered


@pytest.mark.parametrize("shape", [(0, 0, 3), (0, 640, 3), (480, 0), (480, 640, 2), (480, 640, 5), (7,), ()])
def test_a_picture_without_pixels_or_of_no_known_kind_is_refused(shape: tuple[int, ...]) -> None:
    assert as_bgr(np.zeros(shape, np.uint8)) is None


@pytest.mark.parametrize("dtype", [np.float32, np.int16, np.bool_])
def test_only_8_and_16_bits_are_pictures(dtype: type) -> None:
    assert as_bgr(np.zeros((4, 4, 3), dtype)) is None


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize(("dtype", "white"), [(np.uint8, 255), (np.uint16, 65535)])
def test_white_stays_white_whatever_the_depth(channels: int, dtype: type, white: int) -> None:
    made = as_bgr(np.full((5, 6, channels), white, dtype))
    assert made is not None
    assert made.shape == (5, 6, 3)
    assert made.dtype == np.uint8
    assert (made == 255).all()


def test_a_bgr_picture_is_left_as_it_is() -> None:
    picture = numbered(77)
    made = as_bgr(picture)
    assert made is not None
    assert (made == picture).all()


@pytest.mark.parametrize("colour", [(0, 135, 0), (128, 128, 128)])
def test_a_lower_half_that_never_came_is_seen(colour: tuple[int, int, int]) -> None:
    picture = numbered(77)
    assert not is_torn(picture)
    picture[60:] = colour
    assert is_torn(picture)


def test_darkness_and_glare_are_not_torn() -> None:
    for level in (0, 255):
        assert not is_torn(np.full((120, 160, 3), level, np.uint8))
