"""Follows what the gate lets through: one animal, one track."""

from __future__ import annotations

import math
from collections.abc import Sequence

from edge.records import Box, Frame, Region, Track
from edge.settings import TrackerSettings
from edge.vision.appearance import colour_of, unlike
from edge.vision.moving import Moving

FASTEST_PER_S = 15.0
"""In lengths of itself per second: a honey bee of 14 mm that leaves a flower (0.2 m/s)."""
REPEATED_S = 0.1
"""In the dusk a camera repeats pictures, so that a step of this long comes at once."""
STEP = 0.7
"""In lengths of itself: how far a box may jump without the animal moving, because its outline flickered."""
ALIKE = 2.5
"""Boxes of one animal differ by this factor at most: wings open or shut, partly behind a leaf."""
PARTS = 1.3
"""An animal's parts together are no larger than this times its usual size."""
SLIVER = 0.15
"""What comes out from behind a leaf shows so much of its length at first."""
FLICKER_S = 0.5
"""Anything may be missed for so long. Beyond that only what walks is waited for; the rest no longer than it was seen:
leaves in the wind show themselves for moments, and must not be continued by an animal that comes later."""
OUT_S = 1.0
"""A track last seen at the picture's edge has left; a wing beat may hide it for this long."""


class Tracker:
    """Keeps what moves apart and together: several at once, resting, hidden for a moment."""

    def __init__(self, settings: TrackerSettings) -> None:
        self._settings = settings
        self._moving: list[Moving] = []
        self._count = 0
        self._last_s = self._turn_s = 0.0

    def follow(self, frame: Frame, regions: Sequence[Region]) -> list[Track]:
        """All live tracks, hidden ones too. A track that is no longer listed is over."""
        moment = frame.moment
        self._turn_s, self._last_s = moment.tick_s - self._last_s, moment.tick_s
        left = self._assign(frame, list(regions))
        for region in left:
            self._count += 1
            self._moving.append(Moving.begin(self._count, frame, region))
        self._moving = [one for one in self._moving if not self._is_over(one, moment.tick_s)]
        return [one.as_track() for one in self._moving]

    def forget(self) -> None:
        """All tracks are over: nobody knows where anything went meanwhile."""
        self._moving = []

    def _assign(self, frame: Frame, regions: list[Region]) -> list[Region]:
        """Gives each track its region, nearest and most alike first; returns the regions that are something else."""
        moment = frame.moment
        colours = [colour_of(frame.image, region.box) for region in regions] if len(self._moving) > 1 else None
        for one in self._moving:
            one.visible = False
            one.turns += 1
        pairs = sorted(
            (cost + (unlike(one.colour, colours[j]) if colours else 0.0), i, j)
            for i, one in enumerate(self._moving)
            for j, region in enumerate(regions)
            if (cost := self._cost(one, region, moment.tick_s)) is not None
        )
        owner: dict[int, int] = {}
        for _, i, j in pairs:
            if i not in owner.values() and j not in owner:
                owner[j] = i
        spare = [j for j in range(len(regions)) if j not in owner]
        for j, i in owner.items():
            one, box = self._moving[i], regions[j].box
            for part in [k for k in spare if _is_part(regions[k].box, box, one)]:
                box = box.around(regions[part].box)
                spare.remove(part)
            one.seen_at(frame, box)
        return [regions[j] for j in spare]

    def _cost(self, one: Moving, region: Region, tick_s: float) -> float | None:
        """How unlikely it is that the region shows this track, 0 and up; None where it cannot."""
        ratio = max(region.box.w, region.box.h) / max(one.size, 1.0)
        since_s = tick_s - one.last_seen.tick_s
        smallest = 1 / ALIKE if since_s <= FLICKER_S else SLIVER
        if not smallest < ratio < ALIKE:
            return None
        x, y = one.expected(tick_s)
        cx, cy = region.box.centre
        distance = math.hypot(cx - x, cy - y)
        if since_s <= max(self._turn_s, REPEATED_S) * 1.5:
            reach = (STEP + FASTEST_PER_S * max(since_s, REPEATED_S)) * one.size
        elif one.is_walker:  # hidden: it goes on as it went before, or sits where it was
            reach = STEP * one.size + 1.5 * one.pace * since_s
        else:
            reach = STEP * one.size
        if distance > reach:
            return None
        return distance / one.size + abs(math.log(ratio)) + since_s

    def _is_over(self, one: Moving, tick_s: float) -> bool:
        away_s = tick_s - one.last_seen.tick_s
        if one.is_leaving():
            return away_s > OUT_S
        waits_s = self._settings.lost_after_s if one.is_walker else min(one.seen_s, self._settings.lost_after_s)
        return away_s > max(FLICKER_S, waits_s)


def _is_part(box: Box, main: Box, one: Moving) -> bool:
    """Whether a region beside an animal's main one belongs to it: a wing, a leg, a shadow where it sits."""
    whole = main.around(box)
    return box.overlap(one.box) > 0.5 and whole.w <= PARTS * one.width and whole.h <= PARTS * one.height
