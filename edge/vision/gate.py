"""The gate: opens where something is new against the scene."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import Box, Frame, Region
from edge.settings import GateSettings
from edge.vision.background import Background, Mask, Plane, level, shifted
from edge.vision.blobs import blobs
from edge.vision.shake import shift_between

GateState = Literal["learning", "watching", "shaken", "light_changed"]

LEARN_S = 2.0
"""A scene seen for less than this is not known yet, so nothing can be new."""
GAP_S = 5.0
"""After a longer gap (a lost camera) sun and stems have moved on: the scene is learned again."""
RESTLESS_PART = 0.006
"""New pixels over this part of the picture are a large animal's worth (100 by 60 of 1280 by 720 pixels) not known
before: did the camera shake? A shift that explains nothing is not believed, so asking often costs only time."""
CHANGED_PART = 0.08
"""New pixels over this part of the picture are four of the largest animals: the scene changed. A gust
stays under 2 %."""
SETTLE_S = 3.0
"""A camera standing shifted for so long has been moved, and stays so."""
MOST_REGIONS = 16
"""More things than this at once are weather; the largest are enough."""


class Gate:
    """Says which parts of a frame are new. Wind, light, shadows and shake do not open it."""

    def __init__(self, settings: GateSettings) -> None:
        self._settings = settings
        self._background: Background | None = None
        self._began_s = self._last_s = self._steady_s = 0.0
        self.state: GateState = "learning"

    def regions(self, frame: Frame, animals: Sequence[Box] = ()) -> list[Region]:
        """What is new in this frame, largest first.

        `animals` are boxes, in source pixels, of what is known or hoped to be an animal: there nothing is
        learned, so that it does not melt into the scene while it rests, and less difference is enough.
        """
        tick_s = frame.moment.tick_s
        now = self._level(frame)
        background = self._background
        if background is None or background.scene.shape != now.shape or tick_s - self._last_s > GAP_S:
            self._background = Background(now)
            self._began_s = self._last_s = self._steady_s = tick_s
            self.state = "learning"
            return []
        dt_s, self._last_s = tick_s - self._last_s, tick_s
        scale = frame.image.shape[1] / now.shape[1]
        kept = _mask(animals, now.shape, scale)
        background.follow_light(now)
        strength = self._strength(background, now, kept)
        shift = self._shift(background, now, strength, kept)
        if shift is not None:
            now = shifted(now, -shift[0], -shift[1])
            strength = _inner(self._strength(background, now, kept), shift)
        new = (strength > 1).astype(np.uint8)
        self._judge(tick_s, background, shift, new, kept)
        if self.state == "light_changed":
            background.relearn(now, kept)
        elif shift is None:
            background.learn(now, dt_s, new, kept)
        if self.state in ("learning", "light_changed"):
            return []
        return _regions(new, strength, scale, shift or (0.0, 0.0), frame)

    def _level(self, frame: Frame) -> Plane:
        height, width = frame.image.shape[:2]
        size = (self._settings.width_px, max(1, round(self._settings.width_px * height / width)))
        small = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
        return level(np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8))

    def _strength(self, background: Background, now: Plane, kept: Mask) -> Plane:
        """The difference in thresholds: over 1 is new."""
        usual = np.where(kept > 0, self._settings.calm_when_known, self._settings.calm) * background.usual()
        threshold = np.float32(self._settings.contrast) + usual.astype(np.float32)
        return np.asarray(np.abs(background.difference(now)) / threshold, np.float32)

    def _shift(self, background: Background, now: Plane, strength: Plane, kept: Mask) -> tuple[float, float] | None:
        if np.count_nonzero((strength > 1) & (kept == 0)) < RESTLESS_PART * now.size:
            return None
        return shift_between(background.scene, now)

    def _judge(
        self, tick_s: float, background: Background, shift: tuple[float, float] | None, new: Mask, kept: Mask
    ) -> None:
        """Sets the state of the picture as a whole; a camera that stays shifted is followed."""
        if shift is None:
            self._steady_s = tick_s
        elif tick_s - self._steady_s > SETTLE_S:
            background.move(*shift)
            self._steady_s = tick_s
        if tick_s - self._began_s < LEARN_S:
            self.state = "learning"
        elif np.count_nonzero(new & (kept == 0)) > CHANGED_PART * new.size:
            self.state = "light_changed"
        else:
            self.state = "watching" if shift is None else "shaken"


def _mask(boxes: Sequence[Box], shape: tuple[int, ...], scale: float) -> Mask:
    """1 where a box is, grown by a fifth for the steps it may take until the next frame."""
    mask = np.zeros(shape, np.uint8)
    for box in boxes:
        grow = 0.2 * max(box.w, box.h)
        left, top = int((box.x - grow) / scale), int((box.y - grow) / scale)
        right, bottom = int((box.x + box.w + grow) / scale) + 1, int((box.y + box.h + grow) / scale) + 1
        mask[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = 1
    return mask


def _inner(strength: Plane, shift: tuple[float, float]) -> Plane:
    """Nothing is known of the rim that a shift brought into the picture."""
    x, y = (math.ceil(abs(part)) + 1 for part in shift)
    inner = np.zeros_like(strength)
    inner[y:-y, x:-x] = strength[y:-y, x:-x]
    return inner


def _regions(
    new: NDArray[np.uint8], strength: Plane, scale: float, shift: tuple[float, float], frame: Frame
) -> list[Region]:
    height, width = frame.image.shape[:2]
    found = []
    for box, inside in blobs(new)[:MOST_REGIONS]:
        part = strength[box.y : box.y + box.h, box.x : box.x + box.w]
        left, top = round((box.x + shift[0]) * scale), round((box.y + shift[1]) * scale)
        full = Box(left, top, round(box.w * scale), round(box.h * scale)).clipped(width, height)
        found.append(Region(full, float(part[inside].mean())))
    return found
