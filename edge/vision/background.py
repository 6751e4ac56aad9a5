"""What is usual for each pixel of one plane."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
"""(h, w) float32, log2 units."""
Mask = NDArray[np.uint8]
"""(h, w) uint8: 0 or more."""

# Side of the square whose mean is taken off the difference, as a part of the picture's width: under it lie animals
# (up to 200 of 1280 pixels) by their pattern and outline, over it soft shadows.
LOCAL_PART = 15 / 320
# How far what sways may stray from where it was seen to sway, as a part of the picture's width.
NEAR_PART = 5 / 320
QUIET = 0.02
"""Change of a quiet camera's pixel: half a grey level in the middle of the range."""
PASSING_S = 0.15
"""What changes within this time is activity; slower change is not."""
ACTIVITY_S = 3.0
"""Memory of how lively a pixel is now: about one sway of a stem."""
GUSTS_S = 120.0
"""Memory of the liveliest it has been: gusts come every half minute or so."""
SCENE_S = 8.0
"""Memory of the scene: as slow as a cloud's edge, quicker than the sun."""
OBJECT_S = 32.0
"""What stands out and is not known as an animal becomes scene in about this time; many looks fit into it."""


class Background:
    """Learns how high each pixel of one plane is, and how much it usually changes."""

    def __init__(self, first: Plane) -> None:
        self.scene = first.copy()
        self._activity = np.full_like(first, QUIET)
        self._gusts = self._activity.copy()
        self._recent = first.copy()
        self._learned_s = 0.0
        window, near = (max(3, round(part * first.shape[1]) | 1) for part in (LOCAL_PART, NEAR_PART))
        self._window = (window, window)
        self._near = np.ones((near, near), np.uint8)

    def follow_light(self, now: Plane) -> None:
        """Shifts the whole scene to the height of `now`: exposure, white balance, a cloud."""
        # some hundred pixels decide a median well enough
        shift = np.float32(ranked(now[::6, ::6] - self.scene[::6, ::6], 0.5))
        self.scene += shift
        self._recent += shift

    def new(self, now: Plane, contrast: float, calm: float, calm_when_known: float, kept: Mask | None) -> Mask:
        """255 where `now` differs from the scene by more than `contrast`, plus the usual change times `calm`.

        Soft shadows and light are taken off as the local mean, so that detail decides.
        """
        plain = cv2.subtract(now, self.scene)
        soft = cv2.blur(np.clip(plain, -1, 1), self._window)
        usual = cv2.dilate(self._gusts, self._near)
        factor = np.float32(calm) if kept is None else np.where(kept > 0, np.float32(calm_when_known), np.float32(calm))
        threshold = usual * factor + np.float32(contrast)
        return np.asarray(cv2.compare(cv2.absdiff(plain, soft), threshold, cv2.CMP_GT), np.uint8)

    def learn(self, now: Plane, dt_s: float, new: Mask, kept: Mask | None) -> None:
        """Takes in a frame: quickly where nothing is new, slowly where something is, never where kept."""
        self._learned_s += dt_s
        passing = part(dt_s, PASSING_S)
        change = cv2.absdiff(now, self._recent) * np.float32(1 - passing / 2)  # the mean over the frame's own time
        cv2.accumulateWeighted(now, self._recent, passing)
        free = None if kept is None else _empty(kept)
        cv2.accumulateWeighted(change, self._activity, part(dt_s, min(ACTIVITY_S, 1 + self._learned_s)), mask=free)
        self._gusts *= np.float32(1 - part(dt_s, GUSTS_S))
        cv2.max(self._gusts, self._activity, dst=self._gusts)
        known, fresh = _empty(new), new
        if free is not None:
            known, fresh = known & free, fresh & free
        cv2.accumulateWeighted(now, self.scene, part(dt_s, min(SCENE_S, self._learned_s)), mask=known)
        cv2.accumulateWeighted(now, self.scene, part(dt_s, OBJECT_S), mask=fresh)

    def relearn(self, now: Plane, kept: Mask | None) -> None:
        """Takes in a changed scene at once, except where kept."""
        np.copyto(self.scene, now, where=True if kept is None else kept == 0)
        self._recent = now.copy()

    def move(self, dx: float, dy: float) -> None:
        """The camera now stands differently: everything learned moves right by dx and down by dy pixels."""
        self.scene, self._recent = shifted(self.scene, dx, dy), shifted(self._recent, dx, dy)
        self._activity, self._gusts = shifted(self._activity, dx, dy), shifted(self._gusts, dx, dy)


def _empty(mask: Mask) -> Mask:
    """1 where the mask has nothing."""
    return np.asarray(mask == 0).view(np.uint8)


def shifted(plane: Plane, dx: float, dy: float) -> Plane:
    """The plane moved right by dx and down by dy pixels; its edge is repeated."""
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    moved = cv2.warpAffine(plane, matrix, (plane.shape[1], plane.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def ranked(values: NDArray[np.floating], share: float) -> float:
    """The value that this share of them stays under. NumPy's own median and percentile take ten times as long for some
    hundred values, and their first call imports 45 ms of code that nothing else here needs."""
    place = round(share * (values.size - 1))
    return float(np.partition(values, place, axis=None)[place])


def part(dt_s: float, memory_s: float) -> float:
    """The weight of a new value in a running mean over `memory_s`."""
    return 1 - math.exp(-dt_s / max(memory_s, 1e-3))
