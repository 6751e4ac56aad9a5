"""The textbook way of seeing, for a macro camera: the whole picture, at a fixed interval."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

from edge.records import Box, Frame, Region, Track
from edge.vision.looks import Look


class WholeGate:
    """Always open, for the whole picture."""

    state: Literal["watching"] = "watching"

    def regions(self, frame: Frame, animals: Sequence[Box] = ()) -> list[Region]:
        """One region: the picture."""
        return [Region(Box(0, 0, frame.image.shape[1], frame.image.shape[0]))]

    def forget(self) -> None:
        """Nothing was learned."""


class WholeTracker:
    """One track that never ends."""

    def __init__(self) -> None:
        self._track: Track | None = None

    def follow(self, frame: Frame, regions: Sequence[Region]) -> list[Track]:
        """The picture as track 1."""
        now, box = frame.moment, regions[0].box
        if self._track is None:
            self._track = Track(
                id=1,
                first_seen=now,
                arrived=now,
                last_seen=now,
                box=box,
                velocity=(0.0, 0.0),
                turns_seen=0,
                visible=True,
                reach=0.0,
                at_edge=True,
                from_edge=True,
                steadiness=1.0,
                stretch_s=0.0,
                fastest=0.0,
                shifts=1.0,
                sank=0.0,
            )
        self._track = dataclasses.replace(self._track, last_seen=now, box=box, turns_seen=self._track.turns_seen + 1)
        return [self._track]

    def forget(self) -> None:
        """The picture stays the picture."""


class WholeLooks:
    """Looks at the whole picture every `interval_s`."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._next_s: float | None = None

    def choose(self, frame: Frame, tracks: Sequence[Track]) -> list[Look]:
        """One look where it is time, else none."""
        tick_s = frame.moment.tick_s
        if self._next_s is not None and tick_s < self._next_s - 1e-6:  # ticks are sums of fractions
            return []
        self._next_s = tick_s + self._interval_s
        return [Look(tracks[0].id, tracks[0].box, frame.image)]
