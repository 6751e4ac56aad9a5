"""When an animal that comes in over the picture's edge has arrived."""

from __future__ import annotations

from bisect import bisect_left

from edge.records import Moment

HALF = 0.5
"""A visit begins when at least half of the animal is in the picture: a snail shows its head seconds before."""


class Arrival:
    """How its outline grew, so that the moment can be told once its full size is known."""

    def __init__(self) -> None:
        self._areas: list[float] = []
        self._moments: list[Moment] = []

    def note(self, area: float, moment: Moment) -> None:
        """Takes in one outline's area, in square pixels; kept where it is the largest so far."""
        if not self._areas or area > self._areas[-1]:
            self._areas.append(area)
            self._moments.append(moment)

    def of(self, whole: float) -> Moment:
        """When it first showed half of its whole area, in square pixels; the latest growth where it never did."""
        return self._moments[min(bisect_left(self._areas, HALF * whole), len(self._moments) - 1)]
