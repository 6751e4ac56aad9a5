"""Boxes around what stands out in a mask."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import Box

MIN_PIXELS = 6
"""Of the small grey picture: an ant of 28 by 12 source pixels leaves about ten at a quarter of the size."""
CLOSE = np.ones((5, 5), np.uint8)
"""Joins outline and pattern of one animal: five small pixels are 20 of a 720p picture."""
GROW = np.ones((3, 3), np.uint8)
FAR = 6
"""Farther than joining and growing reach together: what lies beyond changes nothing."""


def blobs(new: NDArray[np.uint8]) -> list[Box]:
    """The box of each connected part of a (h, w) mask, largest first.

    Parts closer than a quarter of the smaller one's side count as one thing: a striped animal breaks up.
    """
    left, top, width, height = cv2.boundingRect(new)
    if not width:
        return []
    # only around what is new: the rest of the picture takes as long, and adds nothing
    left, top, right, bottom = max(left - FAR, 0), max(top - FAR, 0), left + width + FAR, top + height + FAR
    part = new[top:bottom, left:right]
    joined = cv2.dilate(cv2.morphologyEx(part, cv2.MORPH_CLOSE, CLOSE), GROW)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    pixels = np.bincount(labels[part > 0], minlength=count)
    boxes = [
        Box(int(x) + left, int(y) + top, int(w), int(h))
        for (x, y, w, h, _), of_it in zip(stats[1:], pixels[1:], strict=True)
        if of_it >= MIN_PIXELS
    ]
    return _joined(sorted(boxes, key=lambda box: -box.area))


def _joined(boxes: list[Box]) -> list[Box]:
    result: list[Box] = []
    for box in boxes:
        for index, other in enumerate(result):
            if _gap(box, other) <= 0.25 * min(max(box.w, box.h), max(other.w, other.h)):
                result[index] = box.around(other)
                break
        else:
            result.append(box)
    return result


def _gap(a: Box, b: Box) -> int:
    """Empty pixels between two boxes along the wider gap; negative where they overlap."""
    return max(a.x - b.x - b.w, b.x - a.x - a.w, a.y - b.y - b.h, b.y - a.y - a.h)
