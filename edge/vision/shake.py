"""How far the camera was moved between two pictures of one scene."""

from __future__ import annotations

import cv2
import numpy as np

from edge.vision.background import Plane, shifted

SMALLEST_PX = 0.25
"""A shift under a quarter of a small pixel changes less than the sensor's noise does."""
LARGEST_PART = 0.1
"""A shift over a tenth of the picture is no shake: the camera has been turned."""
GAIN = 0.8
"""A shift is believed where it takes away a fifth of the difference at least; swaying leaves never do."""


def shift_between(scene: Plane, now: Plane) -> tuple[float, float] | None:
    """(right, down) in pixels by which `now` is moved against `scene`; None where no shift explains it.

    Both are (h, w) float32. Phase correlation (Kuglin and Hines 1975), checked by undoing the shift.
    """
    window = cv2.createHanningWindow((now.shape[1], now.shape[0]), cv2.CV_32F)
    before, after = _detail(scene), _detail(now)
    (dx, dy), _ = cv2.phaseCorrelate(before, after, window)
    if max(abs(dx), abs(dy)) < SMALLEST_PX or max(abs(dx), abs(dy)) > LARGEST_PART * now.shape[1]:
        return None
    unmoved = float(np.mean(cv2.absdiff(before, after)))
    undone = float(np.mean(cv2.absdiff(before, shifted(after, -dx, -dy))))
    return (dx, dy) if undone < GAIN * unmoved else None


def _detail(plane: Plane) -> Plane:
    """The plane without its large forms, which phase correlation would otherwise lock on to."""
    return np.asarray(plane - cv2.blur(plane, (15, 15)), np.float32)
