"""Boxes around what is new do not depend on how much of the picture was looked at."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge.records import Box
from edge.vision import blobs as module
from edge.vision.blobs import blobs


def test_what_lies_far_from_all_that_is_new_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    masks = []
    for _ in range(300):
        new = np.zeros((90, 160), np.uint8)
        for _ in range(rng.integers(1, 5)):  # also over the picture's edges
            place, size = rng.integers(-4, 164, 2), rng.integers(1, 9, 2)
            cv2.ellipse(new, place.tolist(), size.tolist(), 0, 0, 360, 255, -1)
        new[rng.random(new.shape) < 0.002] = 255
        masks.append(new)
    near = [blobs(new) for new in masks]
    monkeypatch.setattr(module, "FAR", 200)  # the whole picture
    assert [blobs(new) for new in masks] == near
    assert sum(map(len, near)) > 300


def test_a_blob_in_each_corner_is_found_where_it_is() -> None:
    for x, y in ((0, 0), (150, 0), (0, 80), (150, 80), (70, 40)):
        new = np.zeros((90, 160), np.uint8)
        new[y : y + 10, x : x + 10] = 255
        left, top, right, bottom = max(x - 1, 0), max(y - 1, 0), min(x + 11, 160), min(y + 11, 90)
        assert blobs(new) == [Box(left, top, right - left, bottom - top)]


def test_nothing_new_is_no_blob() -> None:
    assert blobs(np.zeros((90, 160), np.uint8)) == []
