"""Draws a honey bee from above."""

from __future__ import annotations

import math

import numpy as np

from edge.camera.garden.brush import Brush, Colour, mixed, oval

AMBER: Colour = (40, 160, 236)
BROWN: Colour = (18, 30, 44)
GOLD: Colour = (70, 170, 225)
RUST: Colour = (22, 84, 140)
BLACK: Colour = (16, 18, 22)
WING: Colour = (238, 232, 222)
VEIN: Colour = (120, 110, 100)

STRIPES = (AMBER, BROWN, AMBER, BROWN, AMBER, BROWN, AMBER, BROWN)
HAIRS = 135
"""Enough that the outline looks furry at 100 px, cheap enough to draw for every frame."""


def draw_bee(brush: Brush, phase: float, flying: float) -> None:
    """`phase` counts steps (or wing beats), `flying` is 0 on the ground and 1 in the air."""
    _legs(brush, phase, flying)
    _abdomen(brush)
    brush.ball(0.16, 0, 0.165, 0.165, RUST, GOLD)
    _fur(brush, 0.16, 0.16, GOLD)
    _head(brush, phase)
    _wings(brush, phase, flying)


def _legs(brush: Brush, phase: float, flying: float) -> None:
    for number, (x, lean) in enumerate(((0.27, 0.16), (0.15, 0.0), (0.04, -0.20))):
        for side in (-1, 1):
            swing = 0.05 * math.sin(2 * math.pi * (phase + 0.5 * ((number + (side > 0)) % 2)))
            reach = 0.25 - 0.07 * flying
            knee = (x + lean * 0.6 + swing, side * reach)
            foot = (x + lean * 1.5 + swing * 1.6 - 0.12 * flying, side * (reach + 0.13 - 0.10 * flying))
            brush.line([(x, side * 0.08), knee], BLACK, 0.040)
            brush.line([knee, foot], BLACK, 0.026)


def _abdomen(brush: Brush) -> None:
    edges = np.linspace(0.06, -0.50, len(STRIPES) + 1)
    for colour, front, back in zip(STRIPES, edges[:-1], edges[1:], strict=True):
        across = np.linspace(-1, 1, 9)
        # Each ring bulges backwards in its middle, as round things do seen from above.
        bulge = 0.05 * (1 - across**2)
        ahead = np.stack([front + 0.01 - bulge, across * _half_width(front)], axis=1)
        behind = np.stack([back - bulge, across * _half_width(back)], axis=1)
        brush.shape(np.concatenate([ahead, behind[::-1]]), colour)
    brush.shape(oval(-0.20, -0.07, 0.20, 0.035), (200, 225, 245), 0.28)
    brush.shape(oval(-0.22, 0.135, 0.22, 0.05), BLACK, 0.30)


def _half_width(x: float) -> float:
    """The abdomen's half width: fullest in its first third, pointed at the tail."""
    part = (0.06 - x) / 0.56
    return 0.205 * float(np.sqrt(max(0.0, 1 - (abs(part - 0.36) / 0.66) ** 2.4)))


def _fur(brush: Brush, x: float, radius: float, colour: Colour) -> None:
    # The golden angle spreads hairs evenly without chance.
    number = np.arange(HAIRS)
    turn = np.stack([np.cos(number * 2.399963), np.sin(number * 2.399963)], axis=1)
    root = 0.55 + 0.45 * ((number * 0.618034) % 1)
    roots = np.array([x, 0.0]) + turn * (radius * root)[:, None]
    tips = np.array([x - 0.01, 0.0]) + turn * (radius * (root + 0.22))[:, None]
    pale = mixed(colour, (255, 255, 255), 0.3)
    brush.hairs(roots[::3], tips[::3], colour, 0.006)
    brush.hairs(roots[1::3], tips[1::3], pale, 0.006)


def _head(brush: Brush, phase: float) -> None:
    nod = 0.02 * math.sin(2 * math.pi * phase * 0.5)
    for side in (-1, 1):
        brush.line([(0.44, side * 0.05), (0.53, side * 0.09 + nod), (0.63, side * 0.17 + nod)], BLACK, 0.024)
    brush.ball(0.38, 0, 0.105, 0.135, BLACK, (60, 66, 76))
    for side in (-1, 1):
        brush.shape(oval(0.40, side * 0.105, 0.075, 0.045, side * 25), (10, 10, 14))
        brush.shape(oval(0.425, side * 0.105, 0.016, 0.012), (225, 225, 230))


def _wings(brush: Brush, phase: float, flying: float) -> None:
    beats = (-16.0, 0.0, 16.0) if flying > 0 else (3.0 * math.sin(2 * math.pi * phase),)
    for beat in beats:
        for side in (-1, 1):
            open_deg = 180 - (36 + 50 * flying + beat)
            hind_deg = open_deg + 20 - 4 * flying
            opacity = 0.55 if len(beats) == 1 else 0.26
            _wing(brush, 0.09, side, hind_deg, 0.40, 0.085, opacity)
            _wing(brush, 0.16, side, open_deg, 0.60, 0.105, opacity)


def _wing(brush: Brush, x: float, side: int, angle_deg: float, length: float, wide: float, opacity: float) -> None:
    """A rounded blade from its root at `x` on one side of the thorax."""
    tilt = side * angle_deg
    cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    part = np.linspace(0, 1, 12)
    blade = wide * np.sin(np.pi * part**1.35) ** 0.75
    along, across = np.concatenate([part, part[::-1]]) * length, np.concatenate([-blade * 0.55, blade[::-1]]) * side
    root_y = side * 0.09
    points = np.stack([x + along * cos + across * sin, root_y + along * sin - across * cos], axis=1)
    brush.shape(points, WING, opacity)
    brush.line(points[:12], VEIN, 0.010)
    for reach, spread in ((0.92, 0.25), (0.75, 0.62)):
        tip_along, tip_across = length * reach, wide * spread * side
        tip = (x + tip_along * cos + tip_across * sin, root_y + tip_along * sin - tip_across * cos)
        brush.line([(x, root_y), tip], VEIN, 0.006)
