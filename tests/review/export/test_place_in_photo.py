"""The animal's box within its photo, wherever the source's edge cut the photo off."""

from __future__ import annotations

import numpy as np
import pytest

from edge.cutting import cut
from edge.records import Box
from edge.review.export.place_in_photo import box_in_photo


@pytest.mark.parametrize("x", [0, 3, 100, 268, 280])
@pytest.mark.parametrize("y", [0, 5, 80, 158, 170])
def test_the_box_is_found_where_the_photo_was_cut(x: int, y: int) -> None:
    box = Box(x, y, 40, 30)
    source = np.zeros((200, 320, 3), np.uint8)
    source[y : y + 30, x : x + 40] = 255
    photo = cut(source, box, 0.35)
    height, width = photo.shape[:2]
    found = box_in_photo(box, (width, height), 0.35)
    assert found is not None
    left, top, w, h = (round(part * of) for part, of in zip(found, (width, height) * 2, strict=True))
    assert photo[top : top + h, left : left + w].min() == 255
    assert photo.sum() == photo[top : top + h, left : left + w].sum()


def test_what_cannot_be_told_is_left_out() -> None:
    assert box_in_photo(Box(100, 100, 40, 30), (61, 44), 0.1) is None
