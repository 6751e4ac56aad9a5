"""Where no picture may be taken, because a person may be there."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from edge.records import Box, Frame, Region
from edge.settings import PrivacySettings

HELD_S = 20.0
"""A person who was seen stays about: for so long nothing is taken where they were."""
STAYS_S = 0.5
"""A gust makes plants move together for 0.3 s (development clips); who walks by takes longer."""
BREAK_S = 0.35
"""A little over a frame at four a second: for so long somebody may look like what is behind them."""
KNOCK_S = 1.5
"""A camera that was knocked shows its own shake as large movers for so long; what is still large then counts."""
NEAR = 0.1
"""Parts of a person that lie so near each other, as a part of the picture's height, count as one: head, arms and legs
come apart where clothes look like what is behind them."""
ABOUT = 0.5
"""Of their length, around a person: so near nothing is taken."""
FILLED = 0.35
"""So much of the box around them the parts must fill: leaves that sway all over the picture are no person."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What may not be in a picture of this frame."""

    large: tuple[Box, ...] = ()
    """Movers of a person's size that have been there for a moment."""
    perhaps: tuple[Box, ...] = ()
    """Movers of that size that came just now."""
    held: tuple[Box, ...] = ()
    """Where one was moments ago."""
    scene_changed: bool = False
    """All of the picture changed; perhaps somebody stepped before the camera."""
    longest_px: float = math.inf
    """A longer side over this is a person's."""

    @property
    def anything(self) -> bool:
        """Whether a person may be somewhere in the frame."""
        return bool(self.large or self.perhaps or self.held or self.scene_changed)

    def touches(self, area: Box) -> bool:
        """Whether anything of that area may show a person, or a part of one that looked like what is behind it."""
        return any(area.overlap(_about(one)) > 0 for one in (*self.large, *self.perhaps, *self.held))

    def near(self, area: Box) -> bool:
        """The same for those that certainly are there now."""
        return any(area.overlap(_about(one)) > 0 for one in self.large)

    def covers(self, box: Box) -> bool:
        """Whether that may be a part of a person."""
        return any(box.overlap(one) > 0.5 for one in self.large)


NOTHING = Hidden()
UNSEEN = Hidden(scene_changed=True)
"""Of a frame in which nothing can be told: anything may be hidden in it."""


class Privacy:
    """Looks at the regions of each frame for what is as large as a person."""

    def __init__(self, settings: PrivacySettings) -> None:
        self._settings = settings
        self._seen: deque[tuple[float, Box]] = deque()
        self._new: list[Box] = []
        self._since_s = self._last_s = -math.inf
        self._shaken_from_s = math.inf

    def hides(self, frame: Frame, regions: Sequence[Region], scene_changed: bool, shaken: bool = False) -> Hidden:
        """`regions` are all of the frame; what was large moments ago is remembered. `shaken`: the camera moves."""
        height, tick_s = frame.image.shape[0], frame.moment.tick_s
        longest_px = self._settings.max_region * height
        groups = _groups([region.box for region in regions], NEAR * height)
        large = tuple(box for box in groups if max(box.w, box.h) > longest_px)
        while self._seen and tick_s - self._seen[0][0] > HELD_S:
            self._seen.popleft()
        held = tuple({box for _tick_s, box in self._seen})
        self._shaken_from_s = min(self._shaken_from_s, tick_s) if shaken else math.inf
        if large and shaken and tick_s - self._shaken_from_s < KNOCK_S:
            return Hidden((), large, held, scene_changed, longest_px)
        if tick_s - self._last_s > BREAK_S:
            self._since_s, self._new = tick_s, []
        if not large:
            return Hidden((), (), held, scene_changed, longest_px)
        self._last_s = tick_s
        if tick_s - self._since_s < STAYS_S:
            self._new.extend(large)
            return Hidden((), large, held, scene_changed, longest_px)
        self._seen.extend((tick_s, box) for box in (*self._new, *large))
        self._new.clear()
        return Hidden(large, (), held, scene_changed, longest_px)


def _about(person: Box) -> Box:
    around = round(ABOUT * max(person.w, person.h))
    return Box(person.x - around, person.y - around, person.w + 2 * around, person.h + 2 * around)


def _groups(boxes: list[Box], near_px: float) -> list[Box]:
    """The boxes, and each group of near ones that fill the box around them."""
    groups: list[list[Box]] = []
    for box in boxes:
        close = [group for group in groups if any(_gap(box, other) <= near_px for other in group)]
        for group in close:
            groups.remove(group)
        groups.append([box, *(other for group in close for other in group)])
    found = list(boxes)
    for group in groups:
        whole = group[0]
        for box in group[1:]:
            whole = whole.around(box)
        if len(group) > 1 and sum(box.area for box in group) >= FILLED * whole.area:
            found.append(whole)
    return found


def _gap(a: Box, b: Box) -> int:
    """Pixels between two boxes along the wider gap; negative where they overlap."""
    return max(a.x - b.x - b.w, b.x - a.x - a.w, a.y - b.y - b.h, b.y - a.y - a.h)
