"""Draws what does not move in the garden: soil, a sandy path, stones, and the sign that says it is drawn."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.camera.garden.brush import Brush, Colour, Sprite, mixed, paste
from edge.records import Image

SOIL: Colour = (52, 72, 96)
SAND: Colour = (128, 158, 178)
STONES: tuple[Colour, ...] = ((120, 124, 128), (104, 116, 130), (140, 146, 150), (92, 104, 116))
WOOD: Colour = (84, 122, 160)
SIGN_TEXT = "DRAWN DEMO - not a real garden"
SIGN_BOX = (14, 678, 330, 34)
"""x, y, w, h in pixels, lower left. The sign is part of the scene, so that light and noise treat it like the soil."""


def draw_ground(width: int, height: int, rng: np.random.Generator, sign: bool = True) -> Image:
    """(height, width, 3) uint8 BGR."""
    relief = _cloudy(width, height, (6, 14, 40, 110), rng) + rng.integers(-9, 10, (height, width)).astype(np.float32)
    sandy = _path(width, height, rng)[:, :, None]
    tone = np.array(SOIL, np.float32) * (1 - sandy) + np.array(SAND, np.float32) * sandy
    picture = np.clip(tone + relief[:, :, None], 0, 255).astype(np.uint8)
    _crumbs(picture, rng)
    for _ in range(26):
        size = int(rng.integers(16, 54))
        stone = draw_stone(size, rng)
        left, top = int(rng.integers(-size, width)), int(rng.integers(-size, height))
        paste(picture, shadow_of(stone, 5, 0.5), left + 3, top + 5)
        paste(picture, stone, left, top)
    if sign:
        _sign(picture)
    return picture


def draw_stone(size_px: int, rng: np.random.Generator) -> Sprite:
    """A pebble, (1.5 size_px, 1.5 size_px, 4)."""
    side = math.ceil(size_px * 1.5)
    brush = Brush(side, size_px, float(rng.integers(0, 360)))
    grey = STONES[int(rng.integers(len(STONES)))]
    flat = 0.34 + 0.10 * float(rng.random())
    brush.ball(0, 0, 0.5, flat, mixed(grey, (20, 24, 30), 0.5), mixed(grey, (235, 240, 242), 0.35))
    for _ in range(14):
        x, y = float(rng.uniform(-0.34, 0.34)), float(rng.uniform(-0.24, 0.24))
        brush.oval(x, y, 0.02, 0.015, mixed(grey, (30, 34, 40), float(rng.uniform(0.1, 0.5))), 0.7)
    return brush.sprite()


def shadow_of(sprite: Sprite, blur_px: int, strength: float) -> Sprite:
    """A soft dark stain in the sprite's outline; `strength` 1 is black."""
    shadow = np.zeros_like(sprite)
    shadow[:, :, 3] = cv2.convertScaleAbs(cv2.blur(sprite[:, :, 3], (blur_px, blur_px)), alpha=strength)
    return shadow


def _cloudy(width: int, height: int, cells: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """Noise of several grain sizes, about -40 to 40; `cells` are how many grains lie across the height."""
    total = np.zeros((height, width), np.float32)
    for count in cells:
        coarse = rng.uniform(-1, 1, (count, count * width // height + 1)).astype(np.float32)
        total += 10 * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return total


def _path(width: int, height: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """How sandy each pixel is, 0 to 1: a trodden path winds from left to right."""
    turn = float(rng.uniform(0, 2 * math.pi))
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    off = np.abs(y - 0.58 - 0.10 * np.sin(4.2 * x + turn)) + _cloudy(width, height, (9, 24), rng) * 0.0025
    return np.asarray(np.clip((0.22 - off) / 0.10, 0, 1), np.float32)


def _crumbs(picture: Image, rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    for x, y, size, light in zip(
        rng.integers(0, width, 900),
        rng.integers(0, height, 900),
        rng.integers(1, 5, 900),
        rng.integers(-34, 30, 900),
        strict=True,
    ):
        b, g, r = (int(np.clip(int(c) + light, 0, 255)) for c in picture[y, x])
        cv2.ellipse(
            picture, (int(x), int(y)), (int(size) + 1, int(size)), int(x) % 180, 0, 360, (b, g, r), -1, cv2.LINE_AA
        )


def _sign(picture: Image) -> None:
    x, y, w, h = SIGN_BOX
    cv2.rectangle(picture, (x + 3, y + 4), (x + w + 3, y + h + 4), (24, 32, 42), -1)
    cv2.rectangle(picture, (x, y), (x + w, y + h), WOOD, -1)
    for grain in range(y + 5, y + h, 6):
        cv2.line(picture, (x + 2, grain), (x + w - 2, grain + 1), mixed(WOOD, (30, 50, 70), 0.25), 1, cv2.LINE_AA)
    cv2.rectangle(picture, (x, y), (x + w, y + h), (40, 62, 86), 2)
    cv2.putText(picture, SIGN_TEXT, (x + 10, y + 23), cv2.FONT_HERSHEY_SIMPLEX, 0.58, (22, 30, 40), 2, cv2.LINE_AA)
