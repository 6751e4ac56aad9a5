"""Draws a green caterpillar from above."""

from __future__ import annotations

import math

import numpy as np

from edge.camera.garden.brush import Brush, Colour, mixed

GREEN: Colour = (70, 196, 122)
DEEP: Colour = (28, 104, 48)
LIGHT: Colour = (150, 240, 196)
CREAM: Colour = (150, 236, 244)
BLACK: Colour = (20, 22, 20)
HEAD: Colour = (36, 86, 170)
HEAD_LIGHT: Colour = (90, 160, 232)

SEGMENTS = 12


def draw_caterpillar(brush: Brush, phase: float, curl: float) -> None:
    """`phase` counts waves that run along the body, `curl` bends it (0 straight, 1 or -1 half a ring)."""
    spots = _spine(phase, curl)
    for number, (x, y, side_x, side_y, radius) in enumerate(spots):
        step = 0.018 * math.sin(2 * math.pi * (phase - number / 6))
        for side in (-1, 1):
            reach = radius + 0.025
            foot = (x + side * side_x * reach + step, y + side * side_y * reach)
            brush.line([(x, y), foot], mixed(DEEP, BLACK, 0.4), 0.030)
    _hairs(brush, spots)
    for number, (x, y, side_x, side_y, radius) in enumerate(spots[:-1]):
        _segment(brush, number, x, y, side_x, side_y, radius)
    _head(brush, *spots[-1])


def _spine(phase: float, curl: float) -> list[tuple[float, float, float, float, float]]:
    """Per segment from tail to head: x, y, the unit vector to its right, the radius."""
    part = np.linspace(0, 1, SEGMENTS)
    # A wave of stretching and of a slight side bend runs forward; that is how a caterpillar walks.
    stretch = part + 0.016 * np.sin(2 * math.pi * (phase - part * 1.6))
    bend = curl * math.pi * (part - 0.5) + 0.16 * np.sin(2 * math.pi * (part * 1.1 - phase * 0.5))
    steps = np.diff(stretch, prepend=stretch[0])
    x, y = np.cumsum(steps * np.cos(bend)), np.cumsum(steps * np.sin(bend))
    x, y = (x - x.mean()) * 0.86, (y - y.mean()) * 0.86
    taper = 0.082 * np.minimum(1, 0.62 + 2.4 * np.minimum(part, 1.02 - part))
    return [
        (float(a), float(b), -math.sin(t), math.cos(t), float(r)) for a, b, t, r in zip(x, y, bend, taper, strict=True)
    ]


def _segment(brush: Brush, number: int, x: float, y: float, side_x: float, side_y: float, radius: float) -> None:
    tone = GREEN if number % 2 else mixed(GREEN, LIGHT, 0.35)
    brush.ball(x, y, radius, radius, DEEP, mixed(tone, LIGHT, 0.30))
    for side in (-1, 1):
        off = side * radius * 0.62
        brush.oval(x + side_x * off, y + side_y * off, radius * 0.26, radius * 0.26, CREAM)
        off = side * radius * 0.24
        brush.oval(x + side_x * off, y + side_y * off, radius * 0.13, radius * 0.13, BLACK)


def _hairs(brush: Brush, spots: list[tuple[float, float, float, float, float]]) -> None:
    middle, right, radius = np.array(spots)[:, :2], np.array(spots)[:, 2:4], np.array(spots)[:, 4:]
    for side in (-1, 1):
        for lean in (-0.5, 0.5):
            tips = middle + side * right * radius * 1.5 + np.array([lean, 0.0]) * radius
            brush.hairs(middle, tips, mixed(DEEP, BLACK, 0.3), 0.006)


def _head(brush: Brush, x: float, y: float, side_x: float, side_y: float, radius: float) -> None:
    ahead_x, ahead_y = side_y, -side_x
    radius = 0.078
    for side in (-1, 1):
        root = (x + ahead_x * radius * 0.8 + side * side_x * 0.03, y + ahead_y * radius * 0.8 + side * side_y * 0.03)
        tip = (root[0] + ahead_x * 0.05 + side * side_x * 0.03, root[1] + ahead_y * 0.05 + side * side_y * 0.03)
        brush.line([root, tip], BLACK, 0.012)
    brush.ball(x, y, radius, radius, HEAD, HEAD_LIGHT)
    for side in (-1, 1):
        eye_x = x + ahead_x * radius * 0.42 + side * side_x * radius * 0.55
        eye_y = y + ahead_y * radius * 0.42 + side * side_y * radius * 0.55
        brush.oval(eye_x, eye_y, 0.021, 0.021, BLACK)
        brush.oval(eye_x - 0.006, eye_y - 0.006, 0.007, 0.007, (240, 240, 240))
