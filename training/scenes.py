"""Draws places without an animal: soil, gravel, leaves, paving, petals, grass, shadows."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from training.pictures import Picture

Rng = np.random.Generator
Colour = tuple[int, int, int]


def draw_scene(rng: Rng, size: int) -> Picture:
    """A (size, size, 3) BGR picture of ground or plants that no animal is in; every call another one."""
    painter: Callable[[Rng, int], NDArray[np.float32]] = _PAINTERS[int(rng.integers(len(_PAINTERS)))]
    scene = painter(rng, size)
    if rng.random() < 0.4:
        scene = _leaves_over(scene, rng, int(rng.integers(1, 4)))
    if rng.random() < 0.5:
        scene = _shadow_over(scene, rng)
    if rng.random() < 0.3:
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), float(rng.uniform(0.6, 4))), np.float32)
    return np.clip(scene, 0, 255).astype(np.uint8)


def grain(rng: Rng, size: int, roughness: float) -> NDArray[np.float32]:
    """(size, size) smooth noise of about -1..1: octaves of random grids, each `roughness` times the last."""
    total = np.zeros((size, size), np.float32)
    weight, cells = 1.0, int(rng.integers(2, 6))
    while cells < size:
        grid = rng.uniform(-1, 1, (cells, cells)).astype(np.float32)
        total += weight * cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)
        weight, cells = weight * roughness, cells * 2
    return np.asarray(total / max(float(np.abs(total).max()), 1e-6), np.float32)


def _tinted(rng: Rng, noise: NDArray[np.float32], low: Colour, high: Colour) -> NDArray[np.float32]:
    """Noise as colour, from one BGR colour to another, each moved a little at random."""
    a = np.array(low, np.float32) + rng.normal(0, 14, 3).astype(np.float32)
    b = np.array(high, np.float32) + rng.normal(0, 14, 3).astype(np.float32)
    return np.asarray(a + (noise[:, :, None] + 1) / 2 * (b - a), np.float32)


SOILS: tuple[tuple[Colour, Colour], ...] = (
    ((18, 26, 38), (70, 96, 128)),
    ((30, 34, 40), (110, 120, 130)),
    ((40, 60, 85), (120, 160, 190)),
)
GREENS: tuple[tuple[Colour, Colour], ...] = (
    ((14, 46, 24), (70, 150, 90)),
    ((20, 70, 40), (90, 190, 150)),
    ((30, 60, 30), (120, 160, 120)),
)
PETALS: tuple[Colour, ...] = ((60, 200, 240), (240, 240, 245), (160, 90, 220), (60, 60, 210), (200, 110, 150))


def _pick(rng: Rng, pairs: tuple[tuple[Colour, Colour], ...]) -> tuple[Colour, Colour]:
    return pairs[int(rng.integers(len(pairs)))]


def _soil(rng: Rng, size: int) -> NDArray[np.float32]:
    scene = _tinted(rng, grain(rng, size, float(rng.uniform(0.6, 1.0))), *_pick(rng, SOILS))
    for _ in range(int(rng.integers(0, 30))):
        grey = float(rng.uniform(40, 170))
        _ellipse(scene, rng, (grey * 0.85, grey * 0.95, grey), 0.004, 0.05)
    return scene


def _gravel(rng: Rng, size: int) -> NDArray[np.float32]:
    scene = _tinted(rng, grain(rng, size, 0.8), (40, 44, 48), (100, 105, 110))
    for _ in range(int(rng.integers(60, 220))):
        grey = rng.uniform(60, 210)
        _ellipse(scene, rng, (grey * 0.92, grey * 0.97, grey), 0.02, 0.11)
    return scene + 12 * grain(rng, size, 0.9)[:, :, None]


def _foliage(rng: Rng, size: int) -> NDArray[np.float32]:
    scene = _tinted(rng, grain(rng, size, 0.5), *_pick(rng, GREENS)) * np.float32(rng.uniform(0.4, 0.9))
    return _leaves_over(scene, rng, int(rng.integers(3, 30)))


def _grass(rng: Rng, size: int) -> NDArray[np.float32]:
    scene = _tinted(rng, grain(rng, size, 0.6), *_pick(rng, GREENS)) * np.float32(0.5)
    for _ in range(int(rng.integers(40, 200))):
        x, y = rng.uniform(0, size, 2)
        dx, dy = rng.normal(0, size * 0.08), -rng.uniform(0.1, 0.6) * size
        green = rng.uniform(70, 220)
        colour = (green * rng.uniform(0.2, 0.6), green, green * rng.uniform(0.4, 0.95))
        cv2.line(scene, _point(x, y), _point(x + dx, y + dy), colour, int(rng.integers(1, 5)), cv2.LINE_AA)
    return scene


def _paving(rng: Rng, size: int) -> NDArray[np.float32]:
    scene = _tinted(rng, grain(rng, size, 0.9), (110, 115, 120), (165, 170, 175))
    step, joint = int(rng.uniform(0.3, 1.2) * size), rng.uniform(30, 110)
    for at in range(int(rng.integers(0, step)), 2 * size, step):
        cv2.line(scene, (at, 0), (at, size), (joint,) * 3, int(rng.integers(1, 8)), cv2.LINE_AA)
        cv2.line(scene, (0, at), (size, at), (joint,) * 3, int(rng.integers(1, 8)), cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((size / 2, size / 2), float(rng.uniform(0, 360)), 1.5)
    return np.asarray(cv2.warpAffine(scene, turn, (size, size), borderMode=cv2.BORDER_REFLECT_101), np.float32)


def _petals(rng: Rng, size: int) -> NDArray[np.float32]:
    scene = _tinted(rng, grain(rng, size, 0.5), *_pick(rng, GREENS + SOILS))
    colour = PETALS[int(rng.integers(len(PETALS)))]
    for _ in range(int(rng.integers(1, 14))):
        light = float(rng.uniform(0.7, 1.1))
        _ellipse(scene, rng, tuple(light * part for part in colour), 0.1, 0.6)
    return scene + 8 * grain(rng, size, 0.9)[:, :, None]


def _plain(rng: Rng, size: int) -> NDArray[np.float32]:
    """Sky, wall, an out-of-focus nothing."""
    low, high = rng.uniform(20, 235, 3), rng.uniform(-40, 40)
    ramp = cv2.resize(rng.uniform(-1, 1, (2, 2)).astype(np.float32), (size, size))
    noise = float(rng.uniform(0, 10)) * grain(rng, size, 1.0)
    return np.asarray(low.astype(np.float32) + (high * ramp + noise)[:, :, None], np.float32)


_PAINTERS = (_soil, _soil, _gravel, _foliage, _foliage, _grass, _paving, _petals, _plain)


def _point(x: float, y: float) -> tuple[int, int]:
    return round(x), round(y)


def _ellipse(scene: NDArray[np.float32], rng: Rng, colour: tuple[float, ...], low: float, high: float) -> None:
    """One filled ellipse anywhere; its half axes are `low`..`high` of the picture."""
    size = scene.shape[0]
    centre = _point(*rng.uniform(0, size, 2))
    axes = _point(*(max(1.0, a) for a in rng.uniform(low, high, 2) * size))
    paint = tuple(float(c) for c in colour)
    cv2.ellipse(scene, centre, axes, float(rng.uniform(0, 180)), 0, 360, paint, -1, cv2.LINE_AA)


def _leaves_over(scene: NDArray[np.float32], rng: Rng, count: int) -> NDArray[np.float32]:
    """Leaves of two arcs with a midrib, green or brown, over the scene."""
    size = scene.shape[0]
    arc = np.linspace(0, 1, 16)
    for _ in range(count):
        length, wide = rng.uniform(0.15, 1.0) * size, rng.uniform(0.15, 0.5)
        half = np.sin(np.pi * arc) ** rng.uniform(0.6, 1.4) * wide * length / 2
        outline = np.stack([np.r_[arc, arc[::-1]] * length - length / 2, np.r_[half, -half[::-1]]], 1)
        turn = rng.uniform(0, 2 * np.pi)
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        points = (outline @ spin.T + rng.uniform(-0.1, 1.1, 2) * size).astype(np.int32)
        low, high = _pick(rng, GREENS if rng.random() < 0.7 else SOILS)
        share = rng.random()
        colour = tuple(float(a + share * (b - a)) for a, b in zip(low, high, strict=True))
        cv2.fillPoly(scene, [points], colour, cv2.LINE_AA)
        rib = tuple(c * float(rng.uniform(0.7, 1.4)) for c in colour)
        cv2.line(scene, _point(*points[0]), _point(*points[15]), rib, int(rng.integers(1, 4)), cv2.LINE_AA)
    return scene


def _shadow_over(scene: NDArray[np.float32], rng: Rng) -> NDArray[np.float32]:
    """A darker part with a soft or hard edge, as leaves and posts throw it."""
    mask = (grain(rng, scene.shape[0], 0.4) > rng.uniform(-0.4, 0.4)).astype(np.float32)
    soft = cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.7, 12)))
    return np.asarray(scene * (1 - float(rng.uniform(0.2, 0.6)) * soft[:, :, None]), np.float32)
