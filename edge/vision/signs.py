"""Measures one picture for signs that the camera cannot see."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import Frame
from edge.vision.background import Plane, ranked

DETAIL_PX = (160, 90)
"""Small enough that a swaying stem stays where it was, large enough that a turned camera shows other ground."""
TILES = (16, 9)
WHITE = 250
"""Grey levels from here on are clipped: 255 minus a video codec's rounding."""
GRID_PX = 16
"""Only every 16th pixel is compared for an unchanged picture: 3600 of a 720p picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """What the picture's health is judged by."""

    light: float
    """Grey level that nine tenths of the picture stay under."""
    burnt: float
    """Part of the picture in which a colour is clipped, 0 to 1."""
    sharpness: float
    """Mean difference of a pixel to its surroundings as a part of the brightness, in the sharper quarter of tiles: a
    flower before a soft background is sharp. Single-pixel noise is smoothed away before."""
    sharpest: float
    """The same in the sharpest tiles: before a plain wall only a few show anything."""
    forms: Plane
    """(9, 16): brightness of the tiles, log2 units, mean 0. A blur leaves it as it is."""
    detail: Plane
    """(90, 160): brightness without large forms, log2 units. Light and soft shadows leave it as it is."""
    grid: NDArray[np.uint8]
    """Every 16th pixel, to tell whether it is the same picture."""

    @classmethod
    def of(cls, frame: Frame) -> Signs:
        """The signs of its picture; 0.8 ms at 720p."""
        is_720p = frame.image.shape[:2] == (720, 1280)
        colours = frame.half if is_720p else cv2.resize(frame.image, (640, 360), interpolation=cv2.INTER_AREA)
        half = np.asarray(cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY), np.uint8)
        smooth = np.asarray(cv2.GaussianBlur(half, (3, 3), 0), np.uint8)
        fine = _reduced(np.asarray(cv2.absdiff(smooth, cv2.blur(smooth, (7, 7))), np.uint8), TILES)
        small = _reduced(half, DETAIL_PX)
        sharp = fine / (_reduced(small, TILES) + np.float32(12))
        level = np.asarray(np.log2(small + np.float32(12)), np.float32)
        forms = _reduced(level, TILES)
        return cls(
            light=ranked(small, 0.9),
            burnt=float(np.mean(np.maximum.reduce([colours[::4, ::4, i] for i in range(3)]) >= WHITE)),
            sharpness=ranked(sharp, 0.75),
            sharpest=ranked(sharp, 0.97),
            forms=np.asarray(forms - forms.mean(), np.float32),
            detail=np.asarray(level - cv2.blur(level, (9, 9)), np.float32),
            grid=frame.image[::GRID_PX, ::GRID_PX].copy(),
        )


def likeness(a: Plane, b: Plane) -> float:
    """How alike two planes are, -1 to 1 (normalised cross-correlation); 0 where one is plain."""
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0


def _reduced(plane: NDArray[np.uint8] | Plane, size: tuple[int, int]) -> Plane:
    return np.asarray(cv2.resize(plane.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)
