"""Small films of a walking dot, for tests that need a real video file."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

FPS = 10
SIZE = (640, 360)
RED = (20, 20, 220)
"""BGR; the tiny colour model of tests/model/tiny.py calls it a beetle, which is a pest."""


def ground(seed: int = 3) -> np.ndarray:
    """Grey-green soil with grain, (H, W, 3) uint8."""
    rng = np.random.default_rng(seed)
    coarse = cv2.resize(rng.normal(0, 14, (SIZE[1] // 8, SIZE[0] // 8)).astype(np.float32), SIZE)
    grain = rng.normal(0, 5, (SIZE[1], SIZE[0])).astype(np.float32)
    grey = 110 + coarse + grain
    return np.clip(np.stack([grey * 0.8, grey, grey * 0.9], axis=-1), 0, 255).astype(np.uint8)


def walking_dot(path: Path, radius_px: int = 22, arrives_s: float = 6.0, leaves_s: float = 12.0) -> Path:
    """A red dot that walks in from the left, rests in the middle, and leaves at the right."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, SIZE)
    assert writer.isOpened()
    for index in range(int((leaves_s + 4) * FPS)):
        share = (index / FPS - arrives_s) / (leaves_s - arrives_s)
        writer.write(picture(share, index, radius_px))
    writer.release()
    return path


def passing_person(path: Path, height: float, dot: bool = False) -> Path:
    """Somebody as tall as that part of the picture, in trousers and shirt of the dot's red, walks through from 6 to
    12 s; with `dot`, the dot has come before and rests at the left."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, SIZE)
    assert writer.isOpened()
    for index in range(16 * FPS):
        second = index / FPS
        frame = picture(min(second / 12, 0.4) if dot else -1, index, 16)
        draw_person(frame, (second - 6) / 6, height)
        writer.write(frame)
    writer.release()
    return path


def draw_person(frame: np.ndarray, share: float, height: float) -> None:
    """At that part of the way from the left to the right; the legs swing."""
    tall = height * SIZE[1]
    wide, foot = tall * 0.28, 0.97 * SIZE[1]
    x = np.interp(share, [0, 1], [-wide, SIZE[0] + wide])
    swing = wide * 0.6 * np.sin(share * 40)
    if not 0 <= share <= 1:
        return
    hip, neck = (x, foot - 0.45 * tall), (x, foot - 0.85 * tall)
    for way in (-1, 1):
        _limb(frame, hip, (x + way * swing, foot), wide * 0.3)
        _limb(frame, neck, (x - way * swing, foot - 0.4 * tall), wide * 0.22)
    _limb(frame, hip, neck, wide * 0.6)
    cv2.circle(frame, (int(x), int(foot - 0.92 * tall)), int(0.08 * tall), (150, 170, 215), -1, cv2.LINE_AA)


def _limb(frame: np.ndarray, start: tuple[float, float], end: tuple[float, float], thickness: float) -> None:
    points = [(int(px), int(py)) for px, py in (start, end)]
    cv2.line(frame, points[0], points[1], RED, max(int(thickness), 1), cv2.LINE_AA)


def picture(share: float, noise_seed: int, radius_px: int = 22) -> np.ndarray:
    """The bed with the dot at that part of its way (0 to 1; it rests from 0.35 to 0.65); without it outside of that."""
    soil = ground().astype(np.int16)
    noise = np.random.default_rng(noise_seed).integers(-3, 4, soil.shape, np.int16)
    frame = np.clip(soil + noise, 0, 255).astype(np.uint8)
    if 0 <= share <= 1:
        x = int(np.interp(share, [0, 0.35, 0.65, 1], [-radius_px - 8, 300, 300, SIZE[0] + radius_px + 8]))
        cv2.circle(frame, (x, 190), radius_px, RED, -1, cv2.LINE_AA)
    return frame
