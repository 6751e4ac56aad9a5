"""What the camera sees without animals: brightness, tint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import Frame
from edge.settings import GateSettings
from edge.vision.background import Background, Mask, Plane, shifted

# Light is compared as a ratio (shadows and clouds multiply it), so levels are log2(value + 12). The 12 keeps the noise
# of the darkest pixels (1 to 2 levels of 256) under a quarter of a unit.
LEVELS = np.log2(np.arange(256, dtype=np.float32) + 12)


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """One frame, small, as the gate sees it; all planes in log2 units.

    Red and blue are taken against green, which no shadow changes, and at half the size, because cameras deliver
    colour no finer.
    """

    brightness: Plane
    red: Plane
    blue: Plane

    @classmethod
    def of(cls, frame: Frame, width: int) -> Levels:
        """The levels of its picture, reduced to `width`."""
        image = frame.image
        height = max(2, round(width * image.shape[0] / image.shape[1] / 2) * 2)
        if image.shape[1] >= 4 * width:  # halving is quick: in two steps a 720p picture takes 0.5 ms, in one 1.0
            image = frame.half
        small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        half = np.asarray(cv2.resize(small, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8)
        blue, green, red = (np.asarray(plane, np.float32) for plane in cv2.split(_level(half)))
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
        return cls(_level(grey), red - green, blue - green)

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        return self.brightness, self.red, self.blue

    def moved(self, dx: float, dy: float) -> Levels:
        """Moved right and down by so many pixels of the brightness."""
        return Levels(
            shifted(self.brightness, dx, dy), shifted(self.red, dx / 2, dy / 2), shifted(self.blue, dx / 2, dy / 2)
        )


class Scene:
    """Knows what is usual in each plane; where one of them is new, something is."""

    def __init__(self, first: Levels, settings: GateSettings) -> None:
        self._settings = settings
        self._backgrounds = tuple(Background(plane) for plane in first.planes)

    @property
    def brightness(self) -> Plane:
        """As learned."""
        return self._backgrounds[0].scene

    def follow_light(self, now: Levels) -> None:
        """Takes a change of exposure or white balance off at once."""
        for background, plane in zip(self._backgrounds, now.planes, strict=True):
            background.follow_light(plane)

    def new(self, now: Levels, kept: Mask | None) -> Mask:
        """(h, w), more than 0 where something is new; `kept` (h, w) marks where an animal is known to be."""
        settings = self._settings
        parts = [
            background.new(plane, settings.contrast, settings.calm, settings.calm_when_known, known)
            for background, plane, known in zip(self._backgrounds, now.planes, _for_each(kept, now), strict=True)
        ]
        tint = cv2.resize(cv2.bitwise_or(parts[1], parts[2]), parts[0].shape[::-1], interpolation=cv2.INTER_NEAREST)
        return np.asarray(cv2.bitwise_or(parts[0], tint), np.uint8)

    def learn(self, now: Levels, dt_s: float, new: Mask, kept: Mask | None) -> None:
        """Takes in a frame: quickly where nothing is new, slowly where something is, never where kept."""
        news, known = _for_each(new, now), _for_each(kept, now)
        for background, plane, part, known_part in zip(self._backgrounds, now.planes, news, known, strict=True):
            background.learn(plane, dt_s, part, known_part)

    def relearn(self, now: Levels, kept: Mask | None) -> None:
        """Takes in a changed scene at once, except where kept."""
        for background, plane, known in zip(self._backgrounds, now.planes, _for_each(kept, now), strict=True):
            background.relearn(plane, known)

    def move(self, dx: float, dy: float) -> None:
        """The camera now stands differently, by so many pixels of the brightness."""
        for background, part in zip(self._backgrounds, (1.0, 0.5, 0.5), strict=True):
            background.move(part * dx, part * dy)


def _level(plane: NDArray[np.uint8]) -> Plane:
    """log2 of one channel or of each, without single-pixel noise."""
    return np.asarray(cv2.GaussianBlur(cv2.LUT(plane, LEVELS), (3, 3), 0), np.float32)


@overload
def _for_each(mask: Mask, now: Levels) -> tuple[Mask, Mask, Mask]: ...
@overload
def _for_each(mask: Mask | None, now: Levels) -> tuple[Mask | None, Mask | None, Mask | None]: ...
def _for_each(mask: Mask | None, now: Levels) -> tuple[Mask | None, Mask | None, Mask | None]:
    """The mask at each plane's size; a pixel of the smaller ones counts where any of those it covers does."""
    if mask is None:
        return None, None, None
    grown = cv2.dilate(mask, np.ones((2, 2), np.uint8), anchor=(0, 0))
    half = np.asarray(cv2.resize(grown, now.red.shape[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)
    return mask, half, half
