"""Cuts an animal out of its frame."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import Box, Image


def thumbnail(image: Image, box: Box) -> NDArray[np.float32]:
    """(24, 24) float32 grey of a box, mean 0 and deviation 1, so that light does not matter."""
    part = box.clipped(image.shape[1], image.shape[0])
    inside = image[part.y : part.y + part.h, part.x : part.x + part.w]
    grey = cv2.resize(cv2.cvtColor(inside, cv2.COLOR_BGR2GRAY), (24, 24), interpolation=cv2.INTER_AREA)
    flat = grey.astype(np.float32)
    return np.asarray((flat - flat.mean()) / max(float(flat.std()), 1.0), np.float32)


def with_margin(box: Box, margin: float) -> Box:
    """The box with a margin (a part of its longer side) around it; it may reach over the picture's edge."""
    around = round(margin * max(box.w, box.h))
    return Box(box.x - around, box.y - around, box.w + 2 * around, box.h + 2 * around)


def cut(image: Image, box: Box, margin: float) -> Image:
    """The animal with a margin (a part of its longer side) around it, in full resolution; a copy."""
    area = with_margin(box, margin)
    return image[max(area.y, 0) : area.y + area.h, max(area.x, 0) : area.x + area.w].copy()
