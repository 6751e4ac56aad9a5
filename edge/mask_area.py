"""Which pixels masks leave to be seen."""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.masks import Mask, Masks


@functools.lru_cache(maxsize=4)
def seen_part(masks: Masks, shape: tuple[int, int]) -> NDArray[np.uint8] | None:
    """(H, W) uint8, 1 where something may be seen; None where that is everywhere."""
    if not masks.masks:
        return None
    wanted = [mask for mask in masks.masks if mask.kind == "only"]
    seen = np.full(shape, 0 if wanted else 1, np.uint8)
    for mask in wanted:
        cv2.fillPoly(seen, [corners(mask, shape)], 1)
    for mask in masks.masks:
        if mask.kind == "ignore":
            cv2.fillPoly(seen, [corners(mask, shape)], 0)
    seen.flags.writeable = False
    return seen


def corners(mask: Mask, shape: tuple[int, int]) -> NDArray[np.int32]:
    """(n, 2) pixels, right and down, in a picture of that height and width."""
    return np.rint(np.array(mask.polygon) * (shape[1] - 1, shape[0] - 1)).astype(np.int32)
