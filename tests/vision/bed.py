"""A small flower bed drawn for the tests: textured soil, and whatever a test lets happen on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

import cv2
import numpy as np

from edge.records import Box, Frame, Image, Moment, Region, Track
from edge.settings import GateSettings, TrackerSettings
from edge.vision.gate import Gate
from edge.vision.tracker import Tracker

WIDTH, HEIGHT = 640, 360
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
Draw = Callable[[Image, float], Image | None]


@cache
def soil(seed: int = 1) -> Image:
    """Grains of all sizes in brown."""
    rng = np.random.default_rng(seed)
    grey = np.zeros((HEIGHT, WIDTH), np.float32)
    for size in (4, 10, 40):
        grain = rng.normal(0, 1, (HEIGHT // size + 1, WIDTH // size + 1)).astype(np.float32)
        grey += 12 * cv2.resize(grain, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.clip(np.stack([grey + 70, grey + 95, grey + 115], axis=-1), 0, 255).astype(np.uint8)


def moment(second: float) -> Moment:
    return Moment(NOON + timedelta(seconds=second), second, second)


def film(seconds: float, draw: Draw | None = None, fps: int = 10, noise: float = 1.5) -> Iterator[Frame]:
    """Frames of the bed; `draw(image, second)` paints into each, or returns another picture."""
    ground, rng = soil(), np.random.default_rng(2)
    speckle = rng.normal(0, noise, (8, HEIGHT, WIDTH, 3))
    for index in range(round(seconds * fps)):
        second = index / fps
        image = ground.copy()
        if draw is not None:
            changed = draw(image, second)
            image = image if changed is None else changed
        image = np.clip(image + speckle[index % 8], 0, 255).astype(np.uint8)
        yield Frame(image, index, moment(second))


def beetle(image: Image, x: float, y: float, length: int = 36) -> None:
    """A dark beetle with a shine, its middle at x, y."""
    centre = (round(x), round(y))
    cv2.ellipse(image, centre, (length // 2, length // 4), 0, 0, 360, (25, 30, 35), -1)
    cv2.ellipse(image, (centre[0] - length // 8, centre[1] - 2), (length // 8, 2), 0, 0, 360, (120, 120, 120), -1)


def pale_beetle(image: Image, x: float, y: float, length: int = 36) -> None:
    """As large as the beetle, and bright."""
    cv2.ellipse(image, (round(x), round(y)), (length // 2, length // 4), 0, 0, 360, (200, 215, 225), -1)
    cv2.circle(image, (round(x), round(y)), length // 9, (60, 70, 80), -1)


def regions(frames: Iterable[Frame], animals: Callable[[float], list[Box]] = lambda _: []) -> list[list[Region]]:
    gate = Gate(GateSettings())
    return [gate.regions(frame, animals(frame.moment.tick_s)) for frame in frames]


def tracks(frames: Iterable[Frame]) -> list[list[Track]]:
    """What the tracker says in each frame; everything followed for a second counts as an animal for the gate."""
    gate, tracker = Gate(GateSettings()), Tracker(TrackerSettings())
    followed: list[list[Track]] = []
    for frame in frames:
        known = [track.box for track in (followed[-1] if followed else []) if track.turns_seen >= 10]
        followed.append(tracker.follow(frame, gate.regions(frame, known)))
    return followed
