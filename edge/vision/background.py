"""The scene without animals, learned on a small grey picture."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Mask = NDArray[np.uint8]

# Brightness is compared as a ratio (shadows and clouds multiply it), so levels are log2(grey + 12). The 12 keeps
# the noise of the darkest pixels (1 to 2 grey levels) under a tenth of a unit.
LEVELS = np.log2(np.arange(256, dtype=np.float32) + 12)
# Side of the square whose mean is taken off the difference, as a part of the picture's width: under it lie animals
# (200 of 1280 pixels) and their outlines, over it soft shadows.
LOCAL_PART = 15 / 320
PASSING_S = 0.15
"""What changes within this time is activity; slower change is not."""
ACTIVITY_S = 3.0
"""Memory of how lively a pixel is now: about one sway of a stem."""
GUSTS_S = 120.0
"""Memory of the liveliest it has been: gusts come every half minute or so."""
SCENE_S = 8.0
"""Memory of the scene: as slow as a cloud's edge, quicker than the sun."""
OBJECT_S = 32.0
"""What stands out and is not known as an animal becomes scene in about this time; several looks fit into it."""


def level(grey: NDArray[np.uint8]) -> Plane:
    """(h, w) float32 log2 brightness of a (h, w) uint8 grey picture, without single-pixel noise."""
    return np.asarray(cv2.GaussianBlur(cv2.LUT(grey, LEVELS), (3, 3), 0), np.float32)


class Background:
    """Knows for each pixel how bright it is and how much it usually changes."""

    def __init__(self, first: Plane) -> None:
        self.scene = first.copy()
        self.activity = np.full_like(first, 0.02)  # half a grey level in the middle of the range: a quiet camera
        self._gusts = self.activity.copy()
        self._recent = first.copy()
        self._learned_s = 0.0
        side = max(5, round(LOCAL_PART * first.shape[1]))
        self._window = (side, side)
        self._near = np.ones((5, 5), np.uint8)

    def follow_light(self, now: Plane) -> float:
        """Shifts the whole scene to the brightness of `now`; returns by how much, in log2 units."""
        shift = float(np.median((now - self.scene)[::6, ::6]))  # a thousand pixels decide a median well enough
        self.scene += shift
        self._recent += shift
        return shift

    def difference(self, now: Plane) -> Plane:
        """What is new in detail, in log2 units: soft shadows and light are taken off as the local mean."""
        plain = now - self.scene
        soft = cv2.blur(np.clip(plain, -1, 1), self._window)
        return np.asarray(plain - soft, np.float32)

    def usual(self) -> Plane:
        """How much each pixel, or one close to it, usually changes."""
        return np.asarray(cv2.dilate(self._gusts, self._near), np.float32)

    def learn(self, now: Plane, dt_s: float, new: Mask, kept: Mask) -> None:
        """Takes in a frame: quickly where nothing is new, slowly where something is, never where kept."""
        self._learned_s += dt_s
        change = cv2.absdiff(now, self._recent)
        self._recent += (now - self._recent) * _part(dt_s, PASSING_S)
        free = kept == 0
        rate = _part(dt_s, min(ACTIVITY_S, 1 + self._learned_s))
        self.activity += np.where(free, (change - self.activity) * np.float32(rate), np.float32(0))
        self._gusts *= np.float32(1 - _part(dt_s, GUSTS_S))
        np.maximum(self._gusts, self.activity, out=self._gusts)
        quick, slow = _part(dt_s, min(SCENE_S, self._learned_s)), _part(dt_s, OBJECT_S)
        rates = np.where(new > 0, np.float32(slow), np.float32(quick)) * free
        self.scene += (now - self.scene) * rates

    def relearn(self, now: Plane, kept: Mask) -> None:
        """Takes in a changed scene at once, except where kept."""
        self.scene = np.where(kept > 0, self.scene, now)
        self._recent = now.copy()

    def move(self, dx: float, dy: float) -> None:
        """The camera now stands differently: everything learned moves by that many small pixels."""
        self.scene, self.activity = shifted(self.scene, dx, dy), shifted(self.activity, dx, dy)


def shifted(plane: Plane, dx: float, dy: float) -> Plane:
    """The plane moved right by dx and down by dy pixels; its edge is repeated."""
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    moved = cv2.warpAffine(plane, matrix, (plane.shape[1], plane.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def _part(dt_s: float, memory_s: float) -> float:
    """The weight of a new value in a running mean over `memory_s`."""
    return 1 - math.exp(-dt_s / max(memory_s, 1e-3))
