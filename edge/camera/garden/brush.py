"""Draws smooth, shaded shapes on a transparent square, in an animal's own units."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import Image

Colour = tuple[int, int, int]
"""BGR, 0 to 255."""
Points = NDArray[np.float64]
"""(N, 2) x, y."""
Sprite = NDArray[np.uint8]
"""(H, W, 4) uint8, BGR already multiplied by the cover, then the cover."""

SHARP = 2
"""Drawn twice as large, then averaged: with anti-aliased edges that is smooth enough, and a whole-number average is
the same on every machine."""
SUBPIXEL_BITS = 4
"""cv2 takes coordinates in sixteenths of a pixel, so that a slow animal glides rather than jumps."""


class Brush:
    """An animal of length 1 lies along +x, its middle at the origin, y to its right side (down on the screen)."""

    def __init__(self, side_px: int, length_px: float, heading_deg: float, mirrored: bool = False) -> None:
        """`side_px` is the square's side, `length_px` the animal's length in it, `mirrored` swaps left and right."""
        self._canvas: NDArray[np.uint8] = np.zeros((side_px * SHARP, side_px * SHARP, 4), np.uint8)
        self._scale = length_px * SHARP
        cos, sin = math.cos(math.radians(heading_deg)), math.sin(math.radians(heading_deg))
        flip = -1.0 if mirrored else 1.0
        self._turn = np.array([[cos, sin], [-sin * flip, cos * flip]]) * self._scale
        self._middle = side_px * SHARP / 2

    def sprite(self) -> Sprite:
        """What was drawn, (side, side, 4) uint8."""
        side = self._canvas.shape[0] // SHARP
        return np.asarray(cv2.resize(self._canvas, (side, side), interpolation=cv2.INTER_AREA), np.uint8)

    def shape(self, points: Points | Sequence[tuple[float, float]], colour: Colour, opacity: float = 1.0) -> None:
        """Fills the polygon."""
        fixed = self._fixed(points)
        if opacity >= 1.0:
            cv2.fillPoly(self._canvas, [fixed], (*colour, 255), cv2.LINE_AA, SUBPIXEL_BITS)
            return
        low = np.maximum((fixed.min(axis=0) >> SUBPIXEL_BITS) - 2, 0)
        high = (fixed.max(axis=0) >> SUBPIXEL_BITS) + 3
        part = self._canvas[low[1] : high[1], low[0] : high[0]]
        if part.size == 0:
            return
        over = part.copy()
        cv2.fillPoly(over, [fixed - (low << SUBPIXEL_BITS)], (*colour, 255), cv2.LINE_AA, SUBPIXEL_BITS)
        cv2.addWeighted(over, opacity, part, 1 - opacity, 0, dst=part)

    def line(self, points: Points | Sequence[tuple[float, float]], colour: Colour, width: float) -> None:
        """A line through the points; `width` in the animal's units."""
        self._strokes([self._fixed(points)], colour, width)

    def hairs(self, roots: Points, tips: Points, colour: Colour, width: float) -> None:
        """A straight stroke from each root to its tip, all at once because there are many."""
        ends = self._fixed(np.stack([roots, tips], axis=1).reshape(-1, 2)).reshape(-1, 2, 2)
        self._strokes(list(ends), colour, width)

    def _strokes(self, lines: list[NDArray[np.int32]], colour: Colour, width: float) -> None:
        thickness = max(1, round(width * self._scale))
        cv2.polylines(self._canvas, lines, False, (*colour, 255), thickness, cv2.LINE_AA, SUBPIXEL_BITS)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour, opacity: float = 1.0) -> None:
        """Fills an ellipse."""
        self.shape(oval(x, y, rx, ry), colour, opacity)

    def ball(self, x: float, y: float, rx: float, ry: float, dark: Colour, light: Colour) -> None:
        """An ellipse lit from the upper left of the screen: ever smaller and lighter ovals towards the light."""
        lit = np.array([[-0.3, -0.3]]) @ np.linalg.inv(self._turn / self._scale)
        steps = 7
        for step in range(steps):
            part = step / (steps - 1)
            shrink = 1 - 0.8 * part
            colour = mixed(dark, light, part)
            self.oval(x + lit[0, 0] * rx * part, y + lit[0, 1] * ry * part, rx * shrink, ry * shrink, colour)

    def _fixed(self, points: Points | Sequence[tuple[float, float]]) -> NDArray[np.int32]:
        placed = np.asarray(points, np.float64) @ self._turn + self._middle
        return np.asarray(np.rint(placed * (1 << SUBPIXEL_BITS)), np.int32)


def oval(x: float, y: float, rx: float, ry: float, tilt_deg: float = 0.0) -> Points:
    """(28, 2) points around an ellipse."""
    turn = np.linspace(0, 2 * math.pi, 28, endpoint=False)
    cos, sin = math.cos(math.radians(tilt_deg)), math.sin(math.radians(tilt_deg))
    along, across = np.cos(turn) * rx, np.sin(turn) * ry
    return np.stack([x + along * cos - across * sin, y + along * sin + across * cos], axis=1)


def mixed(one: Colour, other: Colour, part: float) -> Colour:
    """`part` 0 gives the one colour, 1 the other."""
    b, g, r = (round(a + (z - a) * part) for a, z in zip(one, other, strict=True))
    return b, g, r


def paste(picture: Image, sprite: Sprite, left: int, top: int) -> None:
    """Lays the sprite over the picture, in place; what lies outside is cut off."""
    height, width = picture.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + sprite.shape[1], width), min(top + sprite.shape[0], height)
    if x0 >= x1 or y0 >= y1:
        return
    part = sprite[y0 - top : y1 - top, x0 - left : x1 - left]
    under = picture[y0:y1, x0:x1]
    see_through = cv2.cvtColor(255 - part[:, :, 3], cv2.COLOR_GRAY2BGR)
    cv2.multiply(under, see_through, dst=under, scale=1 / 255)
    cv2.add(under, cv2.cvtColor(part, cv2.COLOR_BGRA2BGR), dst=under)
