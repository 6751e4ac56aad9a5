"""Makes a raw data set of drawn animals, in the layout that training reads."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

import cv2
import numpy as np

from edge.camera.garden.animals import Pose, Species, draw_animal
from edge.camera.garden.brush import Sprite, paste
from edge.camera.garden.ground import draw_ground, draw_stone, shadow_of
from edge.camera.garden.plants import draw_flower, draw_leaf, grow
from edge.errors import UsageError
from edge.language import _
from edge.records import Image

BACKGROUND = "background"
CLASSES = (BACKGROUND, *get_args(Species))
SMALLEST_PX, LARGEST_PX = 60, 320
"""Shorter and longer than any crop of the demo garden, whose animals are about 100 to 160 px."""
BED_WIDTH, BED_HEIGHT = 1280, 720
PHOTOS_PER_BED = 12
"""A bed takes 0.1 s, a photo 5 ms: so many from one bed cost about as much as the bed."""
JPEG_QUALITY = 92
"""Like a phone's; the network shall not learn the drawing's perfect edges."""


def draw_photos(out: Path, per_class: int, seed: int) -> None:
    """Writes `out/images/<class>/drawn_<seed>_<n>.jpg` and `out/classes.txt`; the same seed gives the same photos.

    Raises UsageError where `out` is a file or a folder with something in it.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            _("an empty or new folder for the drawn photos"),
            str(out),
            _("name another folder, or empty this one yourself"),
        )
    for name in CLASSES:
        folder = out / "images" / name
        folder.mkdir(parents=True)
        for first in range(0, per_class, PHOTOS_PER_BED):
            # A photo depends on seed, class and number alone: more photos later leave the first ones as they are.
            rng = np.random.default_rng((seed, CLASSES.index(name), first))
            bed = _bed(rng)
            for index in range(first, min(first + PHOTOS_PER_BED, per_class)):
                photo = _of_bed(bed, rng) if name == BACKGROUND else _of_animal(cast(Species, name), bed, rng)
                _write(folder / f"drawn_{seed}_{index:04d}.jpg", _as_taken(photo, rng))
    (out / "classes.txt").write_text("\n".join(CLASSES) + "\n", encoding="utf-8")


def _bed(rng: np.random.Generator) -> Image:
    """A piece of garden, as the wind has it at some second."""
    picture = draw_ground(BED_WIDTH, BED_HEIGHT, rng, sign=False)
    second, wind = float(rng.uniform(0, 60)), float(rng.uniform(0.15, 1))
    leaves, flowers = grow(BED_WIDTH, BED_HEIGHT, rng)
    for leaf in leaves:
        draw_leaf(picture, leaf, second, wind)
    for flower in flowers:
        draw_flower(picture, flower, second, wind)
    return picture


def _of_bed(bed: Image, rng: np.random.Generator) -> Image:
    """A crop without an animal: half of them from the plants along the upper edge, where the wind opens the gate."""
    side = int(rng.integers(SMALLEST_PX, LARGEST_PX + 1))
    wide, high = side, min(LARGEST_PX, int(side * rng.uniform(0.7, 1.4)))
    lowest = BED_HEIGHT // 3 if rng.random() < 0.5 else BED_HEIGHT
    left, top = int(rng.integers(0, BED_WIDTH - wide)), int(rng.integers(0, max(1, lowest - high)))
    photo = bed[top : top + high, left : left + wide].copy()
    if rng.random() < 0.2:
        stone = draw_stone(int(side * rng.uniform(0.3, 0.7)), rng)
        left, top = (int(rng.integers(0, max(1, length - stone.shape[0]))) for length in (wide, high))
        paste(photo, shadow_of(stone, 7, 0.5), left + 3, top + 5)
        paste(photo, stone, left, top)
    return photo


def _of_animal(species: Species, bed: Image, rng: np.random.Generator) -> Image:
    """One animal with a margin like a camera's crop, now and then partly cut off or too close."""
    side = int(rng.integers(SMALLEST_PX, LARGEST_PX + 1))
    length = side * float(rng.uniform(0.42, 0.92))
    pose = Pose(length, float(rng.uniform(0, 360)), float(rng.uniform(0, 10)), _stance(species, rng))
    sprite = _tinted(draw_animal(species, pose), rng)
    left, top = int(rng.integers(0, BED_WIDTH - side)), int(rng.integers(0, BED_HEIGHT - side))
    photo = bed[top : top + side, left : left + side].copy()
    # A third of the photos cut the animal: it stands up to two fifths of the side off the middle.
    reach = 0.4 if rng.random() < 0.33 else 0.08
    middle = side / 2 + rng.uniform(-reach, reach, 2) * side
    x, y = (round(place - sprite.shape[0] / 2) for place in middle)
    in_air = species == "bee" and pose.stance > 0
    off = round(length * (0.3 if in_air else 0.06))
    paste(photo, shadow_of(sprite, 2 * (side // 24) + 3, 0.3 if in_air else 0.5), x + off // 2, y + off)
    paste(photo, sprite, x, y)
    return photo


def _stance(species: Species, rng: np.random.Generator) -> float:
    if species == "bee":
        return float(rng.random() < 0.3)
    if species == "caterpillar":
        return float(rng.uniform(-0.8, 0.8))
    return float(rng.uniform(0, 1))


def _tinted(sprite: Sprite, rng: np.random.Generator) -> Sprite:
    """Each animal a little lighter, darker, warmer or colder than its kind."""
    factors = rng.uniform(0.8, 1.12, 3)
    coloured = np.minimum(sprite[:, :, :3] * factors, sprite[:, :, 3:])
    return np.concatenate([coloured.astype(np.uint8), sprite[:, :, 3:]], axis=2)


def _as_taken(photo: Image, rng: np.random.Generator) -> Image:
    """What light, lens and sensor make of it."""
    gain, lift = float(rng.uniform(0.6, 1.3)), float(rng.uniform(-18, 18))
    colour = rng.uniform(0.93, 1.07, 3)
    if rng.random() < 0.5:
        reach = 2 * int(rng.integers(1, 3)) + 1
        photo = np.asarray(cv2.GaussianBlur(photo, (reach, reach), 0), np.uint8)
    noise = rng.normal(0, float(rng.uniform(0, 4)), photo.shape)
    return np.clip(photo * (gain * colour) + lift + noise, 0, 255).astype(np.uint8)


def _write(path: Path, photo: Image) -> None:
    # Not cv2.imwrite: on Windows it cannot write to a folder whose name has Chinese characters.
    path.write_bytes(cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes())
