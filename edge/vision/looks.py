"""Chooses which tracks are worth a look now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from edge.records import Box, Frame, Image, Track

MARGIN = 0.3
"""Around the animal, as a part of its longer side, on each side: the network was taught on whole animals with some
ground about them, and its centre crop takes an eighth away. Of 0.05, 0.2, 0.3, 0.45, 0.7 this named most rightly."""
FIRST_LOOKS = 6
"""A new track is looked at in short turns until it has had so many."""
FIRST_PAUSE_S = 0.2
"""Between the first looks: less, and two pictures show the same pose."""
PAUSE_S = 1.0
"""Between later looks at something that moves."""
SETTLED_LOOKS = 10
"""What rests is looked at seldom only after so many: what did not move far is believed after ten sure looks, and a bee
stays on a flower for eight seconds."""
REST_PAUSE_S = 3.0
"""Between looks at something that rests: long enough to cost little, short enough to see that it has left."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One crop to be classified."""

    track_id: int
    box: Box
    """The animal, in source pixels, without the margin."""
    image: Image
    """A square around it in full resolution, maybe mirrored; at the picture's edge the last pixels are repeated."""


@dataclass(slots=True)
class _Seen:
    tick_s: float
    looks: int
    centre: tuple[float, float]


class Looks:
    """Spends at most `looks_per_s` on what is new first, then on what moved, then on what rests."""

    def __init__(self, looks_per_s: float) -> None:
        self._rate = looks_per_s
        self._seen: dict[int, _Seen] = {}
        self._spare = 1.0
        self._last_s: float | None = None

    def choose(self, frame: Frame, tracks: Sequence[Track]) -> list[Look]:
        """The looks to take in this frame, most urgent first."""
        tick_s = frame.moment.tick_s
        passed_s = 0.0 if self._last_s is None else tick_s - self._last_s
        self._last_s = tick_s
        self._spare = min(self._spare + passed_s * self._rate, max(1.0, self._rate / 2))  # half a second saved up
        self._seen = {track.id: self._seen[track.id] for track in tracks if track.id in self._seen}
        due = sorted((-self._urgency(track, tick_s), track.id, track) for track in tracks if track.visible)
        chosen = [track for urgency, _, track in due if urgency < 0][: int(self._spare)]
        self._spare -= len(chosen)
        return [self._look(frame, track) for track in chosen]

    def _look(self, frame: Frame, track: Track) -> Look:
        """Every other look is mirrored: an animal that rests then shows the network two pictures, not one."""
        looks = self._seen[track.id].looks if track.id in self._seen else 0
        self._seen[track.id] = _Seen(frame.moment.tick_s, looks + 1, track.box.centre)
        crop = square(frame.image, track.box)
        return Look(track.id, track.box, np.ascontiguousarray(crop[:, ::-1]) if looks % 2 else crop)

    def _urgency(self, track: Track, tick_s: float) -> float:
        """0 where a look can wait; higher for fewer looks so far, longer waiting."""
        if track.turns_seen < 2:
            return 0.0  # one frame is a flicker
        seen = self._seen.get(track.id)
        if seen is None:
            return 10.0
        moved = max(abs(a - b) for a, b in zip(track.box.centre, seen.centre, strict=True))
        rests = moved < 0.1 * max(track.box.w, track.box.h)
        settled = rests and seen.looks >= SETTLED_LOOKS
        pause_s = FIRST_PAUSE_S if seen.looks < FIRST_LOOKS else REST_PAUSE_S if settled else PAUSE_S
        waited = (tick_s - seen.tick_s) / pause_s
        return waited / seen.looks if waited >= 1 else 0.0


def square(image: Image, box: Box, margin: float = MARGIN) -> Image:
    """The square around a box with a margin (a part of its longer side); (n, n, 3) uint8, a copy."""
    side = max(8, round(max(box.w, box.h) * (1 + 2 * margin)))
    cx, cy = box.centre
    left, top = round(cx - side / 2), round(cy - side / 2)
    height, width = image.shape[:2]
    inside = image[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
    missing = (max(-top, 0), max(top + side - height, 0), max(-left, 0), max(left + side - width, 0))
    if any(missing):
        return np.asarray(cv2.copyMakeBorder(inside, *missing, cv2.BORDER_REPLICATE), np.uint8)
    return inside.copy()
