"""The demo garden: any of its frames, and what truly happens in it."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import cv2
import numpy as np

from edge.camera.garden.animals import Species, draw_animal
from edge.camera.garden.brush import Sprite, paste
from edge.camera.garden.ground import draw_ground, shadow_of
from edge.camera.garden.plants import Wind, draw_flower, draw_leaf, grow
from edge.camera.garden.story import DURATION_S, FPS, STORY, Step, walk
from edge.records import Box, Image

WIDTH, HEIGHT = 1280, 720
"""What the camera settings ask of a USB camera by default."""
NOISE_LEVELS = 2.0
"""Standard deviation of the sensor's noise in grey levels; a small USB camera by day has 1.5 to 3."""
NOISE_MOST = 7
DRIFT = 0.03
"""The light swells and fades by so much, in about half a minute."""
CLOUD_DEPTH = 0.16
CLOUD_SPEED_PX_PER_S = 230.0
CLOUD_STARTS_S = 9.0
CLOUD_WIDTH_PX = 1500
BOX_EVERY_FRAMES = 5
"""Like the clips' ground truth."""


class Garden:
    """The same seed gives the same frames, in any order; nothing is remembered from frame to frame."""

    fps = FPS
    frame_count = int(DURATION_S * FPS)

    def __init__(self, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self._seed = seed
        self._ground = draw_ground(WIDTH, HEIGHT, rng)
        self._leaves, self._flowers = grow(WIDTH, HEIGHT, rng)
        self._wind = Wind(float(rng.uniform(0, 2 * math.pi)))
        self._walks: list[tuple[Species, dict[int, Step]]] = [(visit.species, walk(visit, rng)) for visit in STORY]
        # One field of noise, larger than the picture: each frame cuts another part of it.
        grain = rng.normal(NOISE_MOST, NOISE_LEVELS, (HEIGHT + 96, WIDTH + 96, 3))
        self._noise = np.clip(np.rint(grain), 0, 2 * NOISE_MOST).astype(np.uint8)

    def frame(self, index: int) -> Image:
        """(720, 1280, 3) uint8 BGR, a new array."""
        second = index / FPS
        picture = self._ground.copy()
        for species, steps in self._walks:
            if index in steps:
                _place(picture, species, steps[index])
        wind = self._wind.at(second)
        for leaf in self._leaves:
            draw_leaf(picture, leaf, second, wind)
        for flower in self._flowers:
            draw_flower(picture, flower, second, wind)
        self._shade(picture, second)
        self._sense(picture, index)
        return picture

    @cached_property
    def visits(self) -> list[dict[str, Any]]:
        """Each visit as in the clips' JSON: id, label, start_s, end_s, max_px, boxes [[frame, x, y, w, h], ...].

        A visit runs from the first to the last frame in which at least half of the animal is inside the picture.
        """
        found = []
        for number, (species, steps) in enumerate(self._walks, start=1):
            boxes = {index: box for index, step in steps.items() if (box := _box_inside(species, step)) is not None}
            first, last = min(boxes), max(boxes)
            kept = [index for index in boxes if (index - first) % BOX_EVERY_FRAMES == 0 or index == last]
            found.append(
                {
                    "id": number,
                    "label": species,
                    "start_s": first / FPS,
                    "end_s": last / FPS,
                    "max_px": max(max(box.w, box.h) for box in boxes.values()),
                    "boxes": [[index, *boxes[index]] for index in kept],
                }
            )
        return found

    def ground_truth(self) -> dict[str, Any]:
        """The whole JSON that the clips' scorer reads."""
        return {
            "clip": "demo",
            "fps": FPS,
            "width": WIDTH,
            "height": HEIGHT,
            "duration_s": self.frame_count / FPS,
            "visits": self.visits,
        }

    def _shade(self, picture: Image, second: float) -> None:
        gain = 1 + DRIFT * math.sin(second * 2 * math.pi / 31)
        cv2.convertScaleAbs(picture, picture, alpha=gain)
        edge = (second - CLOUD_STARTS_S) * CLOUD_SPEED_PX_PER_S - np.linspace(0, WIDTH, 81)
        depth = np.interp(edge, [0, 500, CLOUD_WIDTH_PX - 500, CLOUD_WIDTH_PX], [0, CLOUD_DEPTH, CLOUD_DEPTH, 0])
        if depth.any():
            row = np.rint(255 * (1 - np.repeat(depth[None, :, None], 3, axis=2))).astype(np.uint8)
            light = cv2.resize(row, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
            cv2.multiply(picture, light, dst=picture, scale=1 / 255)

    def _sense(self, picture: Image, index: int) -> None:
        top, left = np.random.default_rng((self._seed, index)).integers(0, 96, 2)
        cv2.add(picture, self._noise[top : top + HEIGHT, left : left + WIDTH], dst=picture)
        cv2.subtract(picture, np.full(4, NOISE_MOST, np.float64), dst=picture)


def _place(picture: Image, species: Species, step: Step) -> None:
    sprite = draw_animal(species, step.pose)
    left, top = _corner(sprite, step)
    off = 6 + round(step.height_px)
    blur = 9 + 2 * round(step.height_px / 6)
    paste(picture, shadow_of(sprite, blur, 0.5 if step.height_px < 5 else 0.3), left + off // 2, top + off)
    paste(picture, sprite, left, top)


def _corner(sprite: Sprite, step: Step) -> tuple[int, int]:
    return round(step.x - sprite.shape[1] / 2), round(step.y - sprite.shape[0] / 2)


def _box_inside(species: Species, step: Step) -> Box | None:
    """The animal's outline clipped to the picture; None where less than half of it is inside."""
    sprite = draw_animal(species, step.pose)
    left, top = _corner(sprite, step)
    ys, xs = np.nonzero(sprite[:, :, 3] > 127)
    inside = (xs + left >= 0) & (xs + left < WIDTH) & (ys + top >= 0) & (ys + top < HEIGHT)
    if inside.sum() * 2 < len(xs):
        return None
    xs, ys = xs[inside] + left, ys[inside] + top
    return Box(int(xs.min()), int(ys.min()), int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1)
