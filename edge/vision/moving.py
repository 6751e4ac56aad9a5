"""One moving thing while it is followed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from edge.records import Box, Moment, Region, Track

SIZE_MEMORY = 0.2
"""Weight of a new box in the running size: wings beat and outlines flicker, the animal stays as large."""
SPEED_MEMORY = 0.5
"""Weight of a new step in the running velocity: a fly turns within two or three frames."""


@dataclass(slots=True)
class Moving:
    """Where it is, how large, how fast, and how far it has come. Lengths in source pixels."""

    id: int
    first_seen: Moment
    last_seen: Moment
    box: Box
    width: float
    height: float
    start: tuple[float, float]
    velocity: tuple[float, float] = (0.0, 0.0)
    turns_seen: int = 1
    turns: int = 1
    turns_alive: int = 1
    visible: bool = True
    far: float = 0.0
    path: float = 0.0

    @classmethod
    def begin(cls, number: int, moment: Moment, region: Region) -> Moving:
        box = region.box
        return cls(number, moment, moment, box, box.w, box.h, box.centre)

    @property
    def size(self) -> float:
        """Its longer side."""
        return max(self.width, self.height)

    @property
    def pace(self) -> float:
        """Its mean speed so far, pauses included, in pixels per second."""
        return self.path / max(self.last_seen.tick_s - self.first_seen.tick_s, 1.0)

    @property
    def seen_s(self) -> float:
        """For how long it was seen, gaps taken out."""
        return (self.last_seen.tick_s - self.first_seen.tick_s) * self.turns_seen / self.turns_alive

    def is_leaving(self, picture: tuple[int, int]) -> bool:
        """Whether it stands at the picture's edge, or its last step leads across; `picture` is (width, height)."""
        x, y = self.expected(self.last_seen.tick_s + 0.3)
        inside = self.width / 2 < x < picture[0] - self.width / 2 and self.height / 2 < y < picture[1] - self.height / 2
        return not inside

    def expected(self, tick_s: float) -> tuple[float, float]:
        """Where its centre should be now. A step is carried on for half a second; after that it may have stopped."""
        ahead = min(tick_s - self.last_seen.tick_s, 0.5)
        x, y = self.box.centre
        return x + self.velocity[0] * ahead, y + self.velocity[1] * ahead

    def seen_at(self, moment: Moment, box: Box) -> None:
        """Takes in where it is now."""
        dt_s = moment.tick_s - self.last_seen.tick_s
        (x0, y0), (x1, y1) = self.box.centre, box.centre
        step = math.hypot(x1 - x0, y1 - y0)
        if dt_s > 0:
            speed = ((x1 - x0) / dt_s, (y1 - y0) / dt_s)
            self.velocity = tuple(a + SPEED_MEMORY * (b - a) for a, b in zip(self.velocity, speed, strict=True))  # type: ignore[assignment]
        self.width += SIZE_MEMORY * (box.w - self.width)
        self.height += SIZE_MEMORY * (box.h - self.height)
        self.far = max(self.far, math.hypot(x1 - self.start[0], y1 - self.start[1]))
        self.path += step
        self.box, self.last_seen, self.visible = box, moment, True
        self.turns_seen += 1
        self.turns_alive = self.turns

    def as_track(self, picture: tuple[int, int]) -> Track:
        """What the rest of the loop sees of it; `picture` is (width, height)."""
        box = self.box
        return Track(
            id=self.id,
            first_seen=self.first_seen,
            last_seen=self.last_seen,
            box=box,
            turns_seen=self.turns_seen,
            visible=self.visible,
            reach=self.far / max(self.size, 1.0),
            at_edge=box.x <= 1 or box.y <= 1 or box.x + box.w >= picture[0] - 1 or box.y + box.h >= picture[1] - 1,
            steadiness=self.turns_seen / self.turns_alive,
            shifts=self.path / max(self.far, 1.0),
        )
