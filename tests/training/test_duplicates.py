"""What counts as the same picture."""

from __future__ import annotations

import cv2
import numpy as np

from tests.training.conftest import picture
from training.duplicates import Signature, groups_of, near_duplicates, signature


def test_copies_are_found_and_others_are_not() -> None:
    one = picture(1)
    noisy = np.clip(one + np.random.default_rng(0).normal(0, 6, one.shape), 0, 255).astype(np.uint8)
    packed = cv2.imdecode(cv2.imencode(".jpg", one, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], cv2.IMREAD_COLOR)
    larger = cv2.resize(one, (200, 150))
    pictures = [one, picture(2), noisy, np.asarray(packed, np.uint8), picture(3), np.asarray(larger, np.uint8)]
    pairs = near_duplicates([signature(p) for p in pictures])
    assert groups_of(len(pictures), pairs) == [0, 1, 0, 0, 4, 0]


def noisy(count: int) -> list[Signature]:
    """What a camera that stands still sees of one place."""
    rng, place = np.random.default_rng(0), picture(1)
    return [signature(np.clip(place + rng.normal(0, 6, place.shape), 0, 255).astype(np.uint8)) for _ in range(count)]


def test_many_photos_of_one_place_take_a_pair_each_not_all_pairs() -> None:
    pairs = near_duplicates(noisy(60))
    assert len(pairs) == 59
    assert groups_of(60, pairs) == [0] * 60


def test_a_new_photo_is_joined_to_all_before_that_it_resembles() -> None:
    assert near_duplicates(noisy(3), since=2) == [(0, 2), (1, 2)]


def test_chains_join_into_one_group() -> None:
    assert groups_of(6, [(4, 5), (1, 2), (2, 4)]) == [0, 1, 1, 3, 1, 1]
