"""Draws a snail that carries its shell."""

from __future__ import annotations

import math

import numpy as np

from edge.camera.garden.brush import Brush, Colour, mixed

FOOT: Colour = (118, 150, 172)
FOOT_DARK: Colour = (62, 84, 104)
FOOT_LIGHT: Colour = (168, 196, 214)
SHELL: Colour = (52, 118, 186)
SHELL_DARK: Colour = (16, 40, 78)
SHELL_LIGHT: Colour = (136, 202, 240)
BLACK: Colour = (16, 18, 24)

TURNS = 2.8
"""Windings of the shell: enough to read as a spiral at 60 px."""


def draw_snail(brush: Brush, phase: float, stretched: float) -> None:
    """`phase` counts waves along the foot, `stretched` is 1 on the move and 0 drawn into the shell."""
    _foot(brush, phase, stretched)
    _feelers(brush, phase, stretched)
    _shell(brush, -0.10, -0.10, 0.29)


def _foot(brush: Brush, phase: float, stretched: float) -> None:
    part = np.linspace(0, 1, 22)
    reach = 0.34 + 0.14 * stretched
    x = -0.50 + part * (0.50 + reach)
    wide = 0.125 * np.sin(np.pi * (0.04 + 0.88 * part) ** 0.8) ** 0.7
    wave = 0.008 * np.sin(2 * math.pi * (part * 4 - phase))
    for shrink, colour in ((1.0, FOOT_DARK), (0.82, FOOT), (0.45, FOOT_LIGHT)):
        right = np.stack([x, 0.06 + (wide + wave) * shrink], axis=1)
        left = np.stack([x, 0.06 - (wide - wave) * shrink], axis=1)
        brush.shape(np.concatenate([right, left[::-1]]), colour)
    for dot in range(30):
        spot = (dot * 0.618034) % 1
        off = 0.8 * (((dot * 0.754878) % 1) - 0.5) * 2 * float(np.interp(spot, part, wide))
        brush.oval(float(np.interp(spot, part, x)), 0.06 + off, 0.009, 0.005, mixed(FOOT, FOOT_DARK, 0.6))


def _feelers(brush: Brush, phase: float, stretched: float) -> None:
    front = -0.02 + 0.34 + 0.14 * stretched
    sway = 0.02 * math.sin(2 * math.pi * phase * 0.3)
    for side, length in ((-1, 0.17), (1, 0.15)):
        long = length * (0.35 + 0.65 * stretched)
        tip = (front + long, 0.06 + side * (0.06 + 0.55 * long) + sway)
        brush.line([(front - 0.04, 0.06 + side * 0.035), tip], FOOT_DARK, 0.028)
        brush.oval(*tip, 0.024, 0.024, BLACK)
        short = (front + 0.045 + 0.03 * stretched, 0.06 + side * 0.035)
        brush.line([(front - 0.02, 0.06 + side * 0.02), short], FOOT_DARK, 0.020)


def _shell(brush: Brush, x: float, y: float, radius: float) -> None:
    brush.ball(x, y, radius, radius * 0.96, mixed(SHELL_DARK, SHELL, 0.45), mixed(SHELL, SHELL_LIGHT, 0.75))
    # The middle of the windings lies off the shell's middle, and each turn is 0.55 of the last one out.
    turn = np.linspace(0, TURNS * 2 * math.pi, 90)
    grow = 0.60 ** (turn / (2 * math.pi))
    for offset, colour, wide in ((0.86, mixed(SHELL, SHELL_DARK, 0.55), 0.040), (1.0, SHELL_DARK, 0.026)):
        spiral_x = x + 0.03 + np.cos(turn + 0.9) * radius * grow * offset * 0.93
        spiral_y = y + np.sin(turn + 0.9) * radius * grow * offset * 0.93
        for start in range(0, len(turn) - 1, 6):
            points = np.stack([spiral_x, spiral_y], axis=1)[start : start + 7]
            brush.line(points, colour, wide * (0.35 + 0.65 * float(grow[start])))
    brush.oval(x - radius * 0.36, y - radius * 0.42, radius * 0.16, radius * 0.10, (235, 245, 250), 0.55)
