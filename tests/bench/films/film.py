"""One film with its ground truth, as the shared clips have them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edge.camera.garden.ground import draw_ground
from edge.records import Image
from tests.bench.films.plants import Rng, Sprite, bush, falling, paste, placed
from tests.bench.films.visitors import CRAWLS, HEIGHT, WAYS, WIDTH, Visitor, draw_visitor, photos
from tests.bench.films.weather import Weather
from training.pictures import read_picture
from training.scenes import draw_scene

FPS = 10
EMPTY_S = 6.0
"""A film begins without an animal, as the shared clips do."""


def make_film(path: Path, seed: int, shared: Path, seconds: float = 45.0) -> None:
    """Writes PATH (mp4) and the JSON beside it. One film in four has no animal and a strong wind."""
    rng = np.random.default_rng(seed)
    empty = seed % 4 == 0
    ground = draw_bed(rng, shared)
    weather = Weather(rng, seconds, float(rng.uniform(1.2, 2.2) if empty else rng.uniform(0, 1.4)))
    plants = bush(rng, WIDTH, HEIGHT, int(rng.integers(4, 26)))
    leaves = [falling(rng, WIDTH, HEIGHT, float(rng.uniform(7, seconds - 2))) for _ in range(int(rng.integers(0, 4)))]
    visitors = [] if empty else _visitors(rng, shared, seconds)
    boxes: list[dict[int, list[int]]] = [{} for _ in visitors]
    out = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH, HEIGHT))
    for number in range(round(seconds * FPS)):
        second = number / FPS
        canvas = ground.copy()
        for leaf in leaves:
            leaf.draw(canvas, second)
        for visitor, seen in zip(visitors, boxes, strict=True):
            _place(canvas, visitor, number, seen)
        for plant in plants:
            plant.draw(canvas, second, weather.wind(second))
        out.write(weather.seen(weather.lit(canvas, second), second))
    out.release()
    truth = {"clip": path.name, "fps": FPS, "width": WIDTH, "height": HEIGHT, "duration_s": seconds}
    visits = [_visit(visitor, seen) for visitor, seen in zip(visitors, boxes, strict=True) if len(seen) > 1.5 * FPS]
    numbered = [{"id": number, **visit} for number, visit in enumerate(visits, start=1)]
    path.with_suffix(".json").write_text(json.dumps({**truth, "visits": numbered}))


def draw_bed(rng: Rng, shared: Path) -> Image:
    """A drawn ground, or a photo of plants or soil, enlarged and soft."""
    kind = int(rng.integers(3))
    if kind == 0:
        return draw_ground(WIDTH, HEIGHT, rng)
    if kind == 1:
        return np.ascontiguousarray(draw_scene(rng, WIDTH)[:HEIGHT])
    folders = [shared / "data" / "photos" / "images" / "background", shared / "data" / "unknown" / "soil_and_seedlings"]
    files = sorted(path for path in folders[int(rng.integers(2))].iterdir() if path.suffix in (".jpg", ".png"))
    photo = read_picture(files[int(rng.integers(len(files)))])
    scale = max(WIDTH / photo.shape[1], HEIGHT / photo.shape[0])
    large = cv2.resize(photo, None, fx=scale + 0.01, fy=scale + 0.01, interpolation=cv2.INTER_CUBIC)
    rough = rng.normal(0, 5, (HEIGHT, WIDTH, 1))  # an enlarged photo is smoother than any ground
    return np.clip(large[:HEIGHT, :WIDTH] + rough, 0, 255).astype(np.uint8)


def _visitors(rng: Rng, shared: Path, seconds: float) -> list[Visitor]:
    by_class = photos(shared)
    found = []
    starts = sorted(float(rng.uniform(EMPTY_S, seconds * 0.6)) for _ in range(int(rng.integers(1, 5))))
    for start in starts:
        label = str(rng.choice(sorted(by_class)))
        begins = EMPTY_S if WAYS[label] == CRAWLS else start
        found.append(draw_visitor(rng, by_class, label, round(begins * FPS), round(seconds * FPS), FPS))
    return found


def _place(canvas: Image, visitor: Visitor, number: int, seen: dict[int, list[int]]) -> None:
    """Draws it with its shadow, and notes its box where at least half of it is inside."""
    place = visitor.places.get(number)
    if place is None:
        return
    x, y, turn = place
    dark = Sprite(np.zeros_like(visitor.sprite.picture), visitor.sprite.mask * np.float32(0.35))
    off = 3 + max(visitor.sprite.mask.shape) * 0.04
    paste(canvas, dark, (x + off, y + off), turn)
    paste(canvas, visitor.sprite, (x, y), turn)
    inside = placed(WIDTH, HEIGHT, visitor.sprite, (x, y), turn)
    if inside is None or (inside[2] > 0.5).sum() < 0.5 * (visitor.sprite.mask > 0.5).sum():
        return
    rows, columns = np.nonzero(inside[2] > 0.5)
    top, left = inside[0][0].start, inside[0][1].start
    box = (left + columns.min(), top + rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
    seen[number] = [int(value) for value in box]


def _visit(visitor: Visitor, seen: dict[int, list[int]]) -> dict[str, Any]:
    first, last = min(seen), max(seen)
    kept = [number for number in seen if (number - first) % 2 == 0 or number == last]  # a runner goes far in five
    return {
        "label": visitor.label,
        "start_s": first / FPS,
        "end_s": last / FPS,
        "max_px": max(max(box[2:]) for box in seen.values()),
        "boxes": [[number, *seen[number]] for number in kept],
    }
