"""What counts as the same picture."""

from __future__ import annotations

import cv2
import numpy as np

from tests.training.conftest import picture
from training.duplicates import groups_of, near_duplicates, signature


def test_copies_are_found_and_others_are_not() -> None:
    one = picture(1)
    noisy = np.clip(one + np.random.default_rng(0).normal(0, 6, one.shape), 0, 255).astype(np.uint8)
    packed = cv2.imdecode(cv2.imencode(".jpg", one, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], cv2.IMREAD_COLOR)
    larger = cv2.resize(one, (200, 150))
    pictures = [one, picture(2), noisy, np.asarray(packed, np.uint8), picture(3), np.asarray(larger, np.uint8)]
    pairs = near_duplicates([signature(p) for p in pictures])
    assert groups_of(len(pictures), pairs) == [0, 1, 0, 0, 4, 0]


def test_chains_join_into_one_group() -> None:
    assert groups_of(6, [(4, 5), (1, 2), (2, 4)]) == [0, 1, 1, 3, 1, 1]
