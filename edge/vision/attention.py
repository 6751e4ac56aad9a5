"""Says which frame is worth looking at next: few while nothing happens, all once something does."""

from __future__ import annotations

import math

from edge.records import Moment
from edge.vision.gate import GateState

CALM_S = 3.0
"""What comes and goes behind leaves shows itself again within this time; after it nothing is about to happen."""
ROUNDING_S = 1e-3
"""Ticks are sums of fractions, and containers round them to milliseconds."""


class Attention:
    """Goes by the frames' own ticks, so that a film gives the same sightings however fast it is read."""

    def __init__(self, idle_fps: float) -> None:
        self._idle_s = 1 / idle_fps
        self._busy_s = -math.inf
        self.next_s = -math.inf
        """No frame before this tick need be looked at."""

    def note(self, moment: Moment, busy: bool, scene: GateState = "watching") -> None:
        """A frame was looked at; `busy` says that something was new in it, or is still open. While the scene is being
        learned every frame counts, but nothing is about to happen afterwards."""
        if busy or scene not in ("watching", "learning"):
            self._busy_s = moment.tick_s
        calm = scene != "learning" and moment.tick_s - self._busy_s > CALM_S
        self.next_s = moment.tick_s + self._idle_s - ROUNDING_S if calm else -math.inf
