"""Draws what lies and falls in a garden and is no animal: leaves, petals, twigs, seeds, stones, scraps."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from training.cutouts import Cutout
from training.pictures import Picture
from training.scenes import grain

Rng = np.random.Generator
Outline = NDArray[np.float64]

PX = 128
"""Side of the drawn thing; the camera's are 24 to 200."""
COLOURS = ("leaf", "leaf", "dry", "dry", "dry", "petal", "stone", "photo", "photo")
"""Half of the leaves that fall are dry; a part of a photo gives grain that no brush draws."""


def draw_litter(rng: Rng, photo: Picture | None) -> Cutout:
    """One thing with its outline; every call another one. A photo lends its texture to some."""
    shape = _SHAPES[int(rng.integers(len(_SHAPES)))](rng)
    points = np.rint((shape * 0.46 + 0.5) * PX).astype(np.int32)
    mask = np.zeros((PX, PX), np.float32)
    cv2.fillPoly(mask, [points], 1.0, cv2.LINE_AA)
    picture = _surface(rng, photo)
    for way in range(int(rng.integers(0, 3))):
        _veins(picture, rng, ribs=way > 0)
    first, last = (float(v) for v in rng.uniform(0.7, 1.3, 2))
    light = np.linspace(first, last, PX).astype(np.float32)  # it is bent, and shines on one side
    picture = picture * (light[:, None, None] if rng.random() < 0.5 else light[None, :, None])
    soft = cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.5, 1.5)))
    return Cutout(np.clip(picture, 0, 255).astype(np.uint8), np.asarray(soft, np.float32))


def _leaf(rng: Rng) -> Outline:
    """Two arcs from stem to tip, one of them maybe curled in or eaten at."""
    arc = np.linspace(0, 1, 24)
    peak = float(rng.uniform(0.6, 1.6))
    upper, lower = (np.sin(np.pi * arc**peak) ** rng.uniform(0.6, 1.5) * rng.uniform(0.1, 0.6) for _ in range(2))
    teeth = 1 + (rng.uniform(0.0, 0.12) * np.sin(arc * rng.uniform(20, 70)) if rng.random() < 0.4 else 0)
    bend = float(rng.normal(0, 0.25)) * np.sin(np.pi * arc)
    x = np.r_[arc, arc[::-1]] * 2 - 1
    return np.stack([x, np.r_[bend + upper * teeth, (bend - lower * teeth)[::-1]]], 1)


def _lobed(rng: Rng) -> Outline:
    """Maple, oak, a flower of some petals, a torn scrap."""
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    lobes, depth = int(rng.integers(2, 8)), float(rng.uniform(0.1, 0.7))
    radius = 1 - depth * (0.5 + 0.5 * np.cos(lobes * angle + rng.uniform(0, 6))) ** float(rng.uniform(0.5, 3))
    radius *= 1 + 0.06 * rng.normal(0, 1, len(angle))
    flat = float(rng.uniform(0.4, 1.0))
    return np.stack([radius * np.cos(angle), flat * radius * np.sin(angle)], 1)


def _twig(rng: Rng) -> Outline:
    """A stick or stalk, straight or crooked."""
    along = np.linspace(-1, 1, 16)
    bend = np.cumsum(rng.normal(0, 0.06, 16))
    thick = float(rng.uniform(0.02, 0.14)) * (1 - 0.5 * rng.random() * np.linspace(0, 1, 16))
    return np.stack([np.r_[along, along[::-1]], np.r_[bend + thick, (bend - thick)[::-1]]], 1).clip(-1.05, 1.05)


def _lump(rng: Rng) -> Outline:
    """A petal, seed, crumb or stone."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    waves = sum(float(rng.normal(0, 0.16 / k)) * np.cos(k * angle + rng.uniform(0, 6)) for k in range(2, 6))
    radius = 0.85 * (1 + np.asarray(waves))
    flat = float(rng.uniform(0.35, 1.0))
    return np.stack([radius * np.cos(angle), flat * radius * np.sin(angle)], 1).clip(-1.05, 1.05)


_SHAPES: tuple[Callable[[Rng], Outline], ...] = (_leaf, _leaf, _leaf, _lobed, _twig, _lump)


def _surface(rng: Rng, photo: Picture | None) -> NDArray[np.float32]:
    kind = COLOURS[int(rng.integers(len(COLOURS)))]
    if kind == "photo" and photo is not None:
        side = max(16, round(min(photo.shape[:2]) * float(rng.uniform(0.15, 0.6))))
        top, left = (int(rng.integers(0, extent - side + 1)) for extent in photo.shape[:2])
        return np.asarray(cv2.resize(photo[top : top + side, left : left + side], (PX, PX)), np.float32)
    hue, saturation, value = {
        "leaf": (rng.uniform(25, 50), rng.uniform(60, 220), rng.uniform(50, 220)),
        "dry": (rng.uniform(2, 26), rng.uniform(40, 230), rng.uniform(40, 230)),
        "petal": (rng.uniform(0, 180), rng.uniform(0, 200), rng.uniform(150, 255)),
    }.get(kind, (rng.uniform(5, 30), rng.uniform(0, 50), rng.uniform(50, 220)))
    colour = cv2.cvtColor(np.array([[[hue, saturation, value]]]).astype(np.uint8), cv2.COLOR_HSV2BGR)[0, 0]
    rough = float(rng.uniform(4, 40)) * grain(rng, PX, float(rng.uniform(0.4, 1.0)))
    return np.asarray(colour.astype(np.float32) + rough[:, :, None], np.float32)


def _veins(picture: NDArray[np.float32], rng: Rng, *, ribs: bool) -> None:
    """The midrib, or ribs on both sides of it, lighter or darker than the leaf."""
    colour = tuple(float(c) for c in picture[PX // 2, PX // 2] * float(rng.uniform(0.55, 1.45)))
    width = int(rng.integers(1, 4))
    if not ribs:
        cv2.line(picture, (0, PX // 2), (PX, PX // 2), colour, width, cv2.LINE_AA)
        return
    lean, step = int(rng.uniform(-0.1, 0.5) * PX), int(rng.uniform(0.06, 0.25) * PX)
    for x in range(-PX // 4, PX, step):
        for way in (-1, 1):
            cv2.line(picture, (x, PX // 2), (x + lean, PX // 2 + way * PX // 2), colour, width, cv2.LINE_AA)
