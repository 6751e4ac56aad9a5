"""People drawn into films: who comes near the camera, and how."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from tests.films import FPS, RED, SIZE, draw_person, picture

Draw = Callable[[np.ndarray, float], None]
"""Draws into a frame what is there at that second."""
SKIN = (150, 170, 215)


def walks_through(height: float) -> Draw:
    """Somebody as tall as that part of the picture, from 6 to 12 s."""
    return lambda frame, second: draw_person(frame, (second - 6) / 6, height)


def stands_a_while(frame: np.ndarray, second: float) -> None:
    """Comes in slowly, stays for six seconds, and goes on."""
    if second > 5:
        draw_person(frame, np.interp(second, [5, 9, 15, 18], [0, 0.35, 0.4, 1.01]), 0.7)


def reaches_in(frame: np.ndarray, second: float) -> None:
    """An arm from the left, to pick something."""
    _arm(frame, second, 320, 28)


def kneels_down(frame: np.ndarray, second: float) -> None:
    """A hand first, for four seconds; then all of them."""
    if second < 9:
        _arm(frame, second, 90, 22)
    elif second < 16:
        draw_person(frame, np.interp(second, [9, 12, 16], [0, 0.25, 0]), 0.8)


def in_parts(frame: np.ndarray, second: float) -> None:
    """Trousers like the ground: a head, a shirt and shoes walk by."""
    if not 5 < second < 12:
        return
    x = int(np.interp(second, [5, 12], [-40, SIZE[0] + 40]))
    cv2.circle(frame, (x, 90), 22, SKIN, -1)
    cv2.rectangle(frame, (x - 35, 125), (x + 35, 205), RED, -1)
    for way in (-25, 25):
        cv2.rectangle(frame, (x + way - 12, 300), (x + way + 12, 320), (20, 20, 20), -1)


def legs_only(frame: np.ndarray, second: float) -> None:
    """So near that the picture holds no more of them."""
    if not 5 < second < 12:
        return
    x = np.interp(second, [5, 12], [-60, SIZE[0] + 60])
    for way in (-1, 1):
        swing = way * 40 * np.sin(second * 5)
        cv2.line(frame, (int(x + swing), -5), (int(x + 1.2 * swing), SIZE[1] + 5), RED, 40)


def film_of(path: Path, draw: Draw) -> Path:
    """Twenty seconds of the bed with them."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, SIZE)
    assert writer.isOpened()
    for index in range(20 * FPS):
        frame = picture(-1, index)
        draw(frame, index / FPS)
        writer.write(frame)
    writer.release()
    return path


def _arm(frame: np.ndarray, second: float, reach_px: int, thick_px: int) -> None:
    if not 5 < second < 13:
        return
    end = int(np.interp(second, [5, 8, 11, 13], [0, reach_px, reach_px, 0]))
    y = int(200 + 15 * np.sin(second * 4))
    cv2.line(frame, (-10, y), (end, y + 15), RED, thick_px)
    cv2.circle(frame, (end, y + 15), int(thick_px * 0.8), SKIN, -1)
