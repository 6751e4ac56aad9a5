"""The gate: opens where something is new against the scene."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np

from edge.mask_area import seen_part
from edge.masks import MaskFile
from edge.records import Box, Frame, Region
from edge.settings import GateSettings
from edge.vision.background import Mask
from edge.vision.blobs import blobs
from edge.vision.scene import Levels, Scene
from edge.vision.shake import shift_between

GateState = Literal["learning", "watching", "shaken", "light_changed"]

LEARN_S = 2.0
"""A scene seen for less than this is not known yet, so nothing can be new."""
GAP_S = 5.0
"""After a longer gap (a lost camera) sun and stems have moved on: the scene is learned again."""
RESTLESS_PART = 0.003
"""New pixels over this part of the picture are an animal's worth (60 by 45 of 1280 by 720 pixels) not known before: did
the camera shake? A shift that explains nothing is not believed, so asking often costs only time."""
CHANGED_PART = 0.08
"""New pixels over this part of the picture are four of the largest animals: the scene changed. A gust
stays under 2 %."""
SETTLE_S = 3.0
"""A camera standing shifted for so long has been moved, and stays so."""
MOST_REGIONS = 16
"""More things than this at once are weather; the largest are enough."""


class Gate:
    """Says which parts of a frame are new. Wind, light, shadows and shake do not open it."""

    def __init__(self, settings: GateSettings, masks: MaskFile | None = None) -> None:
        self._settings = settings
        self._masks = masks
        self._scene: Scene | None = None
        self._began_s = self._last_s = self._steady_s = 0.0
        self.state: GateState = "learning"

    def regions(self, frame: Frame, animals: Sequence[Box] = ()) -> list[Region]:
        """What is new in this frame, largest first.

        `animals` are boxes, in source pixels, of what is known or hoped to be an animal: there nothing is
        learned, so that it does not melt into the scene while it rests, and less difference is enough.
        """
        tick_s = frame.moment.tick_s
        now = Levels.of(frame, self._settings.width_px)
        scene, shape = self._scene, now.brightness.shape
        if scene is None or scene.brightness.shape != shape or tick_s - self._last_s > GAP_S:
            self._scene = Scene(now, self._settings)
            self._began_s = self._last_s = self._steady_s = tick_s
            self.state = "learning"
            return []
        dt_s, self._last_s = tick_s - self._last_s, tick_s
        scale = frame.image.shape[1] / shape[1]
        kept = _mask(animals, shape, scale) if animals else None
        scene.follow_light(now)
        seen = seen_part(self._masks.at(tick_s), (shape[0], shape[1])) if self._masks else None
        new = _where(seen, scene.new(now, kept))
        shift = None
        if _unknown_part(new, kept) > RESTLESS_PART:
            shift = shift_between(scene.brightness, now.brightness)
        if shift is not None:
            now = now.moved(-shift[0], -shift[1])
            new = _where(seen, _inner(scene.new(now, kept), shift))
        self._judge(tick_s, scene, shift, _unknown_part(new, kept))
        if self.state == "light_changed":
            scene.relearn(now, kept)
        elif shift is None:
            scene.learn(now, dt_s, new, kept)
        if self.state in ("learning", "light_changed"):
            return []
        return _regions(new, scale, shift or (0.0, 0.0), frame)

    def forget(self) -> None:
        """The scene is not known any more: the next frame begins to learn it."""
        self._scene = None

    def _judge(self, tick_s: float, scene: Scene, shift: tuple[float, float] | None, unknown_part: float) -> None:
        """Sets the state of the picture as a whole; a camera that stays shifted is followed."""
        if shift is None:
            self._steady_s = tick_s
        elif tick_s - self._steady_s > SETTLE_S:
            scene.move(*shift)
            self._steady_s = tick_s
        if tick_s - self._began_s < LEARN_S:
            self.state = "learning"
        elif unknown_part > CHANGED_PART:
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


def _where(seen: Mask | None, new: Mask) -> Mask:
    """What is new where one may look."""
    return new if seen is None else np.asarray(cv2.bitwise_and(new, new, mask=seen), np.uint8)


def _unknown_part(new: Mask, kept: Mask | None) -> float:
    """Part of the picture that is new where no animal is known."""
    known = 0 if kept is None else cv2.countNonZero(cv2.bitwise_and(new, new, mask=kept))
    return (cv2.countNonZero(new) - known) / new.size


def _inner(new: Mask, shift: tuple[float, float]) -> Mask:
    """Nothing is known of the rim that a shift brought into the picture."""
    x, y = (math.ceil(abs(part)) + 1 for part in shift)
    inner = np.zeros_like(new)
    inner[y:-y, x:-x] = new[y:-y, x:-x]
    return inner


def _regions(new: Mask, scale: float, shift: tuple[float, float], frame: Frame) -> list[Region]:
    height, width = frame.image.shape[:2]
    return [
        Region(
            Box(
                round((box.x + shift[0]) * scale),
                round((box.y + shift[1]) * scale),
                round(box.w * scale),
                round(box.h * scale),
            ).clipped(width, height)
        )
        for box in blobs(new)[:MOST_REGIONS]
    ]
