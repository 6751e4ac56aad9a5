"""Leaves that sway in the wind, fall, and stay."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import Image

Rng = np.random.Generator
GREEN = ((30, 90, 45), (90, 190, 140))
BROWN = ((25, 60, 90), (70, 130, 190))
PALE = ((150, 140, 200), (240, 240, 250))


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A drawn thing: (n, n, 3) uint8 BGR and (n, n) float32 opacity, about its middle."""

    picture: Image
    mask: NDArray[np.float32]


def leaf(rng: Rng, length: float, colours: tuple[tuple[int, ...], tuple[int, ...]]) -> Sprite:
    """One leaf with a midrib, pointing right."""
    side = round(length) + 8
    arc = np.linspace(0, 1, 18)
    half = np.sin(np.pi * arc) ** rng.uniform(0.7, 1.3) * rng.uniform(0.12, 0.26) * length
    outline = np.stack([np.r_[arc, arc[::-1]] * length + 4, side / 2 + np.r_[half, -half[::-1]]], 1).astype(np.int32)
    colour = [float(rng.uniform(a, b)) for a, b in zip(*colours, strict=True)]
    picture = np.empty((side, side, 3), np.uint8)
    picture[:] = colour
    for at in np.linspace(0.15, 0.85, 7):
        x = int(4 + at * length)
        for way in (-1, 1):
            cv2.line(
                picture, (x, side // 2), (x + side // 8, side // 2 + way * side // 5), [c * 0.85 for c in colour], 2
            )
    cv2.line(picture, (4, side // 2), (side - 4, side // 2), [min(c * 1.3, 255) for c in colour], 2, cv2.LINE_AA)
    mask = np.zeros((side, side), np.float32)
    cv2.fillPoly(mask, [outline], 1.0, cv2.LINE_AA)
    return Sprite(picture, np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.8), np.float32))


def paste(canvas: Image, sprite: Sprite, middle: tuple[float, float], turn_deg: float, light: float = 1.0) -> None:
    """The sprite on the canvas, turned about its middle; what lies outside is left out."""
    inside = placed(canvas.shape[1], canvas.shape[0], sprite, middle, turn_deg)
    if inside is None:
        return
    window, picture, mask = inside
    under = canvas[window].astype(np.float32)
    over = np.clip(picture.astype(np.float32) * light, 0, 255)
    canvas[window] = (under + (over - under) * mask[:, :, None]).astype(np.uint8)


def placed(
    width: int, height: int, sprite: Sprite, middle: tuple[float, float], turn_deg: float
) -> tuple[tuple[slice, slice], Image, NDArray[np.float32]] | None:
    """Which part of a picture of that size it covers, with what, how opaquely; None where it is all outside."""
    h, w = sprite.mask.shape
    reach = math.ceil(math.hypot(h, w) / 2) + 1
    left, top = math.floor(middle[0]) - reach, math.floor(middle[1]) - reach
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + 2 * reach, width), min(top + 2 * reach, height)
    if x0 >= x1 or y0 >= y1:
        return None
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), -turn_deg, 1.0)
    matrix[:, 2] += (middle[0] - x0 - w / 2, middle[1] - y0 - h / 2)
    size = (x1 - x0, y1 - y0)
    picture = cv2.warpAffine(sprite.picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpAffine(sprite.mask, matrix, size, flags=cv2.INTER_LINEAR)
    return (slice(y0, y1), slice(x0, x1)), np.asarray(picture, np.uint8), np.asarray(mask, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Swaying:
    """A leaf on its stem."""

    sprite: Sprite
    foot: tuple[float, float]
    lean_deg: float
    phase: float
    period_s: float
    give_deg: float

    def draw(self, canvas: Image, second: float, wind: float) -> None:
        swing = math.sin(2 * math.pi * second / self.period_s + self.phase) + 0.4 * math.sin(second * 7.3 + self.phase)
        turn = self.lean_deg + self.give_deg * wind * (0.5 + swing)
        along = self.sprite.mask.shape[0] / 2
        angle = math.radians(turn)
        middle = (self.foot[0] + along * math.cos(angle), self.foot[1] + along * math.sin(angle))
        paste(canvas, self.sprite, middle, turn)


def bush(rng: Rng, width: int, height: int, count: int) -> list[Swaying]:
    """Leaves in some clumps, rooted anywhere."""
    clumps = [(float(rng.uniform(0, width)), float(rng.uniform(0.2, 1.05) * height)) for _ in range(1 + count // 6)]
    leaves = []
    for number in range(count):
        x, y = clumps[number % len(clumps)]
        foot = (x + float(rng.normal(0, 60)), y + float(rng.normal(0, 40)))
        sprite = leaf(rng, float(rng.uniform(40, 190)), GREEN)
        values = rng.uniform((-170, 0, 0.7, 3), (-10, 6.3, 2.5, 14))
        leaves.append(Swaying(sprite, foot, *(float(value) for value in values)))
    return leaves


@dataclass(frozen=True, slots=True, eq=False)
class Falling:
    """A leaf or petal that comes down and stays where it lands."""

    sprite: Sprite
    begins_s: float
    start: tuple[float, float]
    speed: tuple[float, float]
    lands_s: float
    spin_deg: float

    def draw(self, canvas: Image, second: float) -> None:
        since = min(second, self.lands_s) - self.begins_s
        if since < 0:
            return
        flutter = 25 * math.sin(4 * since)
        middle = (self.start[0] + self.speed[0] * since + flutter, self.start[1] + self.speed[1] * since)
        paste(canvas, self.sprite, middle, self.spin_deg * since)


def falling(rng: Rng, width: int, height: int, begins_s: float) -> Falling:
    sprite = leaf(rng, float(rng.uniform(25, 90)), BROWN if rng.random() < 0.6 else PALE)
    down = float(rng.uniform(200, 600))
    lands = begins_s + float(rng.uniform(0.3, 1.0)) * (height + 40) / down
    start = (float(rng.uniform(0.05, 0.95) * width), -40.0)
    across, spin = (float(value) for value in rng.normal(0, (90, 160)))
    return Falling(sprite, begins_s, start, (across, down), lands, spin)
