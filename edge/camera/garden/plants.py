"""Draws leaves and flowers as the wind moves them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from edge.camera.garden.brush import SUBPIXEL_BITS, Colour, Points, mixed
from edge.records import Image

GREENS: tuple[Colour, ...] = ((48, 128, 74), (40, 106, 60), (60, 148, 96), (44, 120, 92))
PETALS: tuple[Colour, ...] = ((240, 244, 246), (200, 120, 214), (80, 190, 246))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf on a stalk that stays where it is."""

    x: float
    y: float
    length_px: float
    angle_deg: float
    colour: Colour
    turn: float
    """Where in the wind's swing it is at second 0, in radians."""


@dataclass(frozen=True, slots=True)
class Flower:
    """A flower head on a swaying stem."""

    x: float
    y: float
    radius_px: float
    colour: Colour
    turn: float


@dataclass(frozen=True, slots=True)
class Wind:
    """How hard it blows, second by second."""

    turn: float

    def at(self, second: float) -> float:
        """About 0.15 to 1; two swings of unlike length make gusts that do not repeat within the scene."""
        gust = (
            0.5 + 0.28 * math.sin(second / 7.3 * 2 * math.pi + self.turn) + 0.22 * math.sin(second / 2.9 * 2 * math.pi)
        )
        return max(0.15, gust)


def grow(width: int, height: int, rng: np.random.Generator) -> tuple[tuple[Leaf, ...], tuple[Flower, ...]]:
    """Plants along the upper edge and in two corners, so that the path stays open."""
    leaves, flowers = [], []
    beds = [(x, -10.0, 90.0) for x in np.linspace(30, width - 30, 9)]
    beds += [(float(width) + 8, height * y, 180.0) for y in (0.12, 0.26)] + [
        (-8.0, height * y, 0.0) for y in (0.10, 0.24)
    ]
    beds += [(width * x, height + 10.0, -90.0) for x in (0.88, 0.97)]
    for x, y, inward_deg in beds:
        for lean in (-38, 0, 34):
            leaf = Leaf(
                float(x + rng.uniform(-22, 22)),
                float(y + rng.uniform(-8, 8)),
                float(rng.uniform(0.09, 0.19) * width),
                inward_deg + lean + float(rng.uniform(-12, 12)),
                GREENS[int(rng.integers(len(GREENS)))],
                float(rng.uniform(0, 2 * math.pi)),
            )
            leaves.append(leaf)
    for x, y in ((0.16, 0.17), (0.45, 0.14), (0.58, 0.22), (0.88, 0.20), (0.93, 0.84)):
        spot = (width * x + float(rng.uniform(-25, 25)), height * y + float(rng.uniform(-15, 15)))
        colour = PETALS[int(rng.integers(len(PETALS)))]
        flowers.append(Flower(*spot, float(rng.uniform(24, 36)), colour, float(rng.uniform(0, 2 * math.pi))))
    return tuple(leaves), tuple(flowers)


def draw_leaf(picture: Image, leaf: Leaf, second: float, wind: float) -> None:
    """In place; the leaf swings up to 5 degrees, its tip half as much again."""
    swing = 5 * wind * math.sin(second * 2 * math.pi / 1.7 + leaf.turn)
    part = np.linspace(0, 1, 14)
    # The stalk end stands still and the tip gives way most, so the blade bends.
    heading = np.radians(leaf.angle_deg + swing * (0.5 + part))
    spine = np.stack(
        [leaf.x + part * leaf.length_px * np.cos(heading), leaf.y + part * leaf.length_px * np.sin(heading)], axis=1
    )
    right = np.stack([-np.sin(heading), np.cos(heading)], axis=1)
    blade = (0.26 * leaf.length_px * np.sin(np.pi * part**0.8) ** 0.9)[:, None]
    for side, tone in ((-1, mixed(leaf.colour, (255, 255, 255), 0.10)), (1, mixed(leaf.colour, (0, 0, 0), 0.14))):
        _fill(picture, np.concatenate([spine, (spine + side * right * blade)[::-1]]), tone)
        vein = mixed(tone, (200, 240, 220), 0.22)
        roots, tips = spine[2:11:2], spine[4:13:2] + side * (right * blade)[4:13:2] * 0.82
        _lines(picture, np.stack([roots, tips], axis=1), vein)
    _lines(picture, spine[None], mixed(leaf.colour, (210, 245, 230), 0.45), 2)


def draw_flower(picture: Image, flower: Flower, second: float, wind: float) -> None:
    """In place; the head sways up to about 6 px."""
    swing = wind * 6 * math.sin(second * 2 * math.pi / 2.3 + flower.turn)
    x, y = flower.x + swing, flower.y + 0.3 * swing
    shade = mixed(flower.colour, (60, 60, 60), 0.25)
    for layer, (reach, tone) in enumerate(((1.0, shade), (0.92, flower.colour))):
        for petal in range(12):
            turn = (petal + 0.5 * layer) * math.pi / 6 + 0.02 * swing
            cos, sin = math.cos(turn), math.sin(turn)
            along = np.array([0.2, 0.55, 0.9, 1.0, 0.9, 0.55]) * flower.radius_px * reach
            across = np.array([0.0, 0.15, 0.13, 0.0, -0.13, -0.15]) * flower.radius_px
            _fill(picture, np.stack([x + along * cos - across * sin, y + along * sin + across * cos], axis=1), tone)
    for radius, tone in ((0.32, (20, 120, 190)), (0.24, (40, 180, 240))):
        cv2.circle(
            picture,
            (round(x * 16), round(y * 16)),
            round(radius * flower.radius_px * 16),
            tone,
            -1,
            cv2.LINE_AA,
            SUBPIXEL_BITS,
        )


def _fill(picture: Image, points: Points, colour: Colour) -> None:
    cv2.fillPoly(picture, [np.rint(points * 16).astype(np.int32)], colour, cv2.LINE_AA, SUBPIXEL_BITS)


def _lines(picture: Image, lines: Points, colour: Colour, width_px: int = 1) -> None:
    cv2.polylines(
        picture, list(np.rint(lines * 16).astype(np.int32)), False, colour, width_px, cv2.LINE_AA, SUBPIXEL_BITS
    )
