"""Who comes to the demo garden, when, and along which way."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from edge.camera.garden.animals import Pose, Species

FPS = 10.0
"""The same as the default of a USB camera."""
DURATION_S = 47.0
FLYING_PX_PER_S = 150.0
"""A bee faster than this is in the air; on foot it makes about 60."""
STEP_LENGTHS = 0.35
"""One cycle of legs carries an animal so many of its own lengths; looks neither like skating nor like running."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One animal's stay: through these points (second, x, y); the same point twice is a rest."""

    species: Species
    length_px: float
    points: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One animal in one frame."""

    x: float
    y: float
    pose: Pose
    height_px: float
    """Above the ground, as seen by how far its shadow lies off."""


STORY = (
    Visit(
        "caterpillar", 150, ((4.6, -140, 440), (9.2, 300, 400), (11.7, 300, 400), (14.0, 420, 560), (16.2, 470, 850))
    ),
    Visit(
        "bee",
        112,
        ((17.8, 1420, 380), (19.2, 800, 310), (21.6, 700, 390), (23.2, 700, 390), (24.8, 600, 350), (26.4, -160, 400)),
    ),
    Visit("snail", 140, ((19.6, 1420, 520), (26.0, 1060, 470), (28.6, 1060, 470), (31.0, 990, 560), (35.6, 960, 860))),
    Visit("bee", 104, ((28.6, -160, 480), (29.8, 300, 380), (31.8, 400, 420), (33.0, 400, 420), (34.8, -170, 390))),
    Visit("caterpillar", 136, ((36.0, 760, 860), (39.4, 720, 560), (41.0, 720, 560), (44.6, 420, 850))),
)
"""They come and go over open soil, because a leaf behind a flying bee is for the clips, not for a first look.

A pest alone, a beneficial insect, two at a time (twice), quiet between, a pest at the end.
The first comes after five seconds: whoever learns the background needs them."""


def walk(visit: Visit, rng: np.random.Generator) -> dict[int, Step]:
    """The animal's step by frame number; inner points are moved a little by chance."""
    shift = {point[1:]: rng.uniform(-24, 24, 2) for point in visit.points}
    times = np.array([t for t, _, _ in visit.points])
    xs = np.array([x + shift[x, y][0] for _, x, y in visit.points])
    ys = np.array([y + shift[x, y][1] for _, x, y in visit.points])
    frames = np.arange(math.ceil(times[0] * FPS), math.floor(times[-1] * FPS) + 1)
    # The mean over most of a second rounds the corners and eases every start and stop.
    spread = np.linspace(-0.45, 0.45, 10)[None, :]
    seconds = frames[:, None] / FPS + spread
    x, y = np.interp(seconds, times, xs).mean(axis=1), np.interp(seconds, times, ys).mean(axis=1)
    return dict(zip(frames.tolist(), _steps(visit, x, y), strict=True))


def _steps(visit: Visit, xs: np.ndarray, ys: np.ndarray) -> list[Step]:
    vx, vy = np.gradient(xs) * FPS, np.gradient(ys) * FPS
    looking = np.array([vx[0], vy[0]]) / math.hypot(vx[0], vy[0])
    steps, phase, air, moving = [], 0.0, 1.0, 1.0
    for number, (x, y) in enumerate(zip(xs.tolist(), ys.tolist(), strict=True)):
        speed = math.hypot(vx[number], vy[number])
        before = math.atan2(looking[1], looking[0])
        if speed > 4:
            looking = looking + 0.5 * np.array([vx[number], vy[number]]) / speed
            looking = looking / np.linalg.norm(looking)
        heading = math.atan2(looking[1], looking[0])
        turned = math.remainder(heading - before, 2 * math.pi)
        phase += min(speed, FLYING_PX_PER_S) / FPS / visit.length_px / STEP_LENGTHS + 0.02
        air += 0.5 * (float(speed > FLYING_PX_PER_S) - air)
        moving += 0.25 * (float(speed > 8) - moving)
        stance = {
            "bee": float(air > 0.15),
            "caterpillar": float(np.clip(3 * turned, -0.7, 0.7)) + 0.2 * (1 - moving) * math.sin(number / 6),
            "snail": moving,
        }[visit.species]
        height = 46 * air if visit.species == "bee" else 0.0
        steps.append(Step(x, y, Pose(visit.length_px, math.degrees(heading), phase, stance), height))
    return steps
