"""Animals cut out of photos that the bundled model has not learned from, and the ways they go."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from tests.bench.films.plants import Rng, Sprite
from training.cutouts import cut_out
from training.pictures import read_picture

TEST_FILES = Path(__file__).parents[3] / "training" / "recipes" / "default_test_files.txt"
WIDTH, HEIGHT = 1280, 720
FLIES, WALKS, CRAWLS = "flies", "walks", "crawls"
WAYS = {
    **dict.fromkeys(("bee", "wasp", "butterfly", "cabbage_white", "moth"), FLIES),
    **dict.fromkeys(("ant", "beetle", "earwig", "weevil", "grasshopper"), WALKS),
    **dict.fromkeys(("caterpillar", "earthworm", "slug", "snail"), CRAWLS),
}
SIZES_PX = {"ant": (28, 55), "bee": (40, 110), "wasp": (40, 110), "weevil": (30, 80), "earwig": (50, 120)}
OTHER_SIZES_PX = (55, 200)


@dataclass(slots=True, eq=False)
class Visitor:
    """One animal on its way: where its middle is, and how it is turned, in each frame."""

    label: str
    sprite: Sprite
    places: dict[int, tuple[float, float, float]] = field(default_factory=dict)
    """By frame: x, y, turn in degrees."""


def photos(shared: Path) -> dict[str, list[Path]]:
    """The test photos by class, without the background."""
    found: dict[str, list[Path]] = {}
    for line in TEST_FILES.read_text("utf-8").splitlines():
        if line and not line.startswith("#") and (label := Path(line).parent.name) in WAYS:
            found.setdefault(label, []).append(shared / "data" / "photos" / line)
    return found


def draw_visitor(rng: Rng, by_class: dict[str, list[Path]], label: str, first: int, last: int, fps: int) -> Visitor:
    """An animal of that class that comes after `first` and may stay until `last` (frames)."""
    sprite = _sprite(rng, by_class[label], label)
    return Visitor(label, sprite, _way(rng, WAYS[label], max(sprite.mask.shape), first, last, fps))


def _sprite(rng: Rng, files: list[Path], label: str) -> Sprite:
    for number in rng.permutation(len(files)):
        cut = cut_out(read_picture(files[int(number)]))
        if cut is not None:
            break
    else:
        raise SystemExit(f"no photo of {label} can be cut out")
    size = float(rng.uniform(*SIZES_PX.get(label, OTHER_SIZES_PX)))
    scale = size / max(cut.mask.shape)
    shape = (max(8, round(cut.mask.shape[1] * scale)), max(8, round(cut.mask.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = np.asarray(cv2.resize(cut.picture, shape, interpolation=how), np.uint8)
    return Sprite(picture, np.asarray(cv2.resize(cut.mask, shape, interpolation=how), np.float32))


def _way(rng: Rng, kind: str, size: float, first: int, last: int, fps: int) -> dict[int, tuple[float, float, float]]:
    """From outside to some places inside, with rests, and out again where there is time."""
    points = _points(rng, kind, size)
    places: dict[int, tuple[float, float, float]] = {}
    frame, turn, facing = first, 0.0, _direction(points[0], points[1])
    for here, goal in pairwise(points):
        turn += (_direction(here, goal) - facing - turn + 180) % 360 - 180  # legs and wings turn with it
        steps = max(2, round(math.dist(here, goal) / _speed(rng, kind, size) * fps))
        bend = float(rng.uniform(-0.25, 0.25))
        dx, dy = goal[0] - here[0], goal[1] - here[1]
        for step in range(1, steps + 1):
            part = step / steps
            aside = math.sin(math.pi * part) * bend
            shiver = 6 * math.sin(frame * 1.9) if kind == FLIES else 1.5 * math.sin(frame * 0.9)
            places[frame] = (here[0] + dx * part - aside * dy, here[1] + dy * part + aside * dx + shiver, turn)
            frame += 1
        rest_s = float(rng.uniform(0.5, 9 if kind == FLIES else 5)) if kind != CRAWLS else (last - frame) / fps
        for _ in range(round(rest_s * fps) if goal is not points[-1] or kind == CRAWLS else 0):
            places[frame] = (*goal, turn + (2 * math.sin(frame * 0.5) if kind == FLIES else 0))
            frame += 1
    return {frame: place for frame, place in places.items() if frame < last}


def _points(rng: Rng, kind: str, size: float) -> list[tuple[float, float]]:
    """A door at the picture's edge, one to three places inside, and another door."""
    out = size * 0.8
    x, y = (float(v) for v in rng.uniform((0.15, 0.15), (0.85, 0.85)) * (WIDTH, HEIGHT))
    doors = [(-out, y), (WIDTH + out, y), (x, -out), (x, HEIGHT + out)]
    first, last = doors[int(rng.integers(4))], doors[int(rng.integers(4))]
    inside = [(float(rng.uniform(0.15, 0.85)) * WIDTH, float(rng.uniform(0.2, 0.85)) * HEIGHT) for _ in range(3)]
    if kind == CRAWLS:  # it comes a little way in, and stays
        part = 2.2 * size / math.dist(first, inside[0])
        return [first, (first[0] + part * (inside[0][0] - first[0]), first[1] + part * (inside[0][1] - first[1]))]
    return [first, *inside[: int(rng.integers(1, 4))], last]


def _speed(rng: Rng, kind: str, size: float) -> float:
    """In pixels per second."""
    if kind == FLIES:
        return float(rng.uniform(250, 600))
    return size * float(rng.uniform(0.08, 0.3) if kind == CRAWLS else rng.uniform(0.7, 2.5))


def _direction(here: tuple[float, float], goal: tuple[float, float]) -> float:
    return math.degrees(math.atan2(goal[1] - here[1], goal[0] - here[0]))
