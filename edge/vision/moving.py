"""One moving thing while it is followed."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from edge.records import Box, Frame, Moment, Region, Track
from edge.vision.appearance import Colour, blended, colour_of
from edge.vision.arrival import Arrival
from edge.vision.background import part

SIZE_S = 0.5
"""Memory of the size: wings beat and outlines flicker, the animal stays as large."""
SPEED_S = 0.15
"""Memory of the velocity: a fly turns within two or three frames at ten a second."""
MIDDLE_S = 0.3
"""Memory of the centre, to take the outline's flicker off the way it has come."""
FRAGMENT = 0.5
"""A box under half its usual area is a part of it: the rest looks like what it sits on, or is behind a leaf."""
FRAGMENT_S = 3.0
"""Memory of the size for fragments: one is believed to be the whole only after seconds."""
CROWD = 2.0
"""A box over twice its usual area holds something else too: the stem it sits on, another animal."""
GROWN_S = 2.0
"""By then an animal is in the picture with all its length, unless it is a snail."""
DASH_S = 0.5
"""A speed held for so long is the animal's own: less may be its outline flickering."""
ARRIVAL_S = 5.0
"""Its speed tells what it is while it arrives; later another thing may brush past it."""
WALKED_S = 0.4
"""Seen for less, nothing can be said of how it walks."""


@dataclass(slots=True)
class Moving:
    """Where it is, how large, how fast, and how far it has come. Lengths in source pixels."""

    id: int
    first_seen: Moment
    last_seen: Moment
    first_box: Box
    box: Box
    width: float
    height: float
    picture: tuple[int, int]
    """Width, height."""
    colour: Colour
    start: tuple[float, float]
    middle: tuple[float, float]
    """Its running centre, without the flicker of its outline."""
    velocity: tuple[float, float] = (0.0, 0.0)
    turns_seen: int = 1
    turns: int = 1
    turns_alive: int = 1
    visible: bool = True
    far: float = 0.0
    path: float = 0.0
    stretch_from_s: float = 0.0
    stretch_s: float = 0.0
    fastest: float = 0.0
    """In lengths of itself per second, over `DASH_S`."""
    way: deque[tuple[float, tuple[float, float]]] = field(default_factory=deque)
    """The running centre of the last `DASH_S`, with ticks."""
    arrival: Arrival = field(default_factory=Arrival)
    lowest: float = -math.inf
    """The largest y its running centre had."""
    climbed: float = 0.0
    """The farthest it went up from its lowest, in pixels."""

    @classmethod
    def begin(cls, number: int, frame: Frame, region: Region) -> Moving:
        box, moment = region.box, frame.moment
        begun = cls(
            number,
            moment,
            moment,
            first_box=box,
            box=box,
            width=box.w,
            height=box.h,
            picture=(frame.image.shape[1], frame.image.shape[0]),
            colour=colour_of(frame.image, box),
            start=box.centre,
            middle=box.centre,
            stretch_from_s=moment.tick_s,
        )
        begun.arrival.note(box.area, moment)
        return begun

    @property
    def arrived(self) -> Moment:
        """When it was there: at least half of it inside, where it came in over the picture's edge."""
        if not self.first_box.touches(*self.picture):
            return self.first_seen
        return self.arrival.of(self.width * self.height)

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

    @property
    def is_walker(self) -> bool:
        """Whether it went its own length at least, seen all the time: what has roots does not."""
        return self.seen_s >= WALKED_S and self.turns_seen >= 0.8 * self.turns_alive and self.far >= self.size

    def is_leaving(self) -> bool:
        """Whether it stands at the picture's edge, or its last step leads across."""
        x, y = self.expected(self.last_seen.tick_s + 0.3)
        right, bottom = self.picture[0] - self.width / 2, self.picture[1] - self.height / 2
        return not (self.width / 2 < x < right and self.height / 2 < y < bottom)

    def expected(self, tick_s: float) -> tuple[float, float]:
        """Where its centre should be now. A step is carried on for half a second; after that it may have stopped."""
        ahead = min(tick_s - self.last_seen.tick_s, 0.5)
        x, y = self.box.centre
        return x + self.velocity[0] * ahead, y + self.velocity[1] * ahead

    def seen_at(self, frame: Frame, box: Box) -> None:
        """Takes in where it is now. A part of it, or it together with something else, shows where it is, not how
        large it is or how it looks."""
        moment = frame.moment
        dt_s = moment.tick_s - self.last_seen.tick_s
        self.arrival.note(box.area, moment)
        if box.area < FRAGMENT * self.width * self.height:
            self._resize(box, part(dt_s, FRAGMENT_S))
            box = self.box if box.overlap(self.box) > 0.8 else self._usual_box(box.centre)
        elif box.area > CROWD * self.width * self.height and self._is_grown(moment, box):
            self._resize(box, part(dt_s, FRAGMENT_S))
            box = self._usual_box(_within(box, self.expected(moment.tick_s)))
        else:
            self._resize(box, part(dt_s, SIZE_S))
            self.colour = blended(self.colour, colour_of(frame.image, box), dt_s)
        (x0, y0), (x1, y1) = self.box.centre, box.centre
        if dt_s > 0:
            quick = part(dt_s, SPEED_S)
            self.velocity = (
                self.velocity[0] + quick * ((x1 - x0) / dt_s - self.velocity[0]),
                self.velocity[1] + quick * ((y1 - y0) / dt_s - self.velocity[1]),
            )
        slow = part(dt_s, MIDDLE_S)
        self.middle = (
            self.middle[0] + slow * (x1 - self.middle[0]),
            self.middle[1] + slow * (y1 - self.middle[1]),
        )
        self._note_speed(moment.tick_s)
        self.far = max(self.far, math.dist(self.middle, self.start))
        self.lowest = max(self.lowest, self.middle[1])
        self.climbed = max(self.climbed, self.lowest - self.middle[1])
        self.path += math.hypot(x1 - x0, y1 - y0)
        if self.turns > self.turns_alive + 1:
            self.stretch_from_s = moment.tick_s  # it was away
        self.stretch_s = max(self.stretch_s, moment.tick_s - self.stretch_from_s)
        self.box, self.last_seen, self.visible = box, moment, True
        self.turns_seen += 1
        self.turns_alive = self.turns

    def _note_speed(self, tick_s: float) -> None:
        """A part that comes in over the edge grows, and one that was hidden jumps: neither is a dash."""
        if tick_s - self.last_seen.tick_s > DASH_S or self.box.touches(*self.picture):
            self.way.clear()
        self.way.append((tick_s, self.middle))
        while len(self.way) > 2 and tick_s - self.way[1][0] >= DASH_S:
            self.way.popleft()
        began_s, place = self.way[0]
        arrives = tick_s - self.first_seen.tick_s <= ARRIVAL_S
        if arrives and tick_s - began_s >= DASH_S:
            speed = math.dist(place, self.middle) / (tick_s - began_s) / max(self.size, 1.0)
            self.fastest = max(self.fastest, speed)

    def _is_grown(self, moment: Moment, box: Box) -> bool:
        """Whether it has shown its full size; what comes in or comes out from behind something still grows."""
        return moment.tick_s - self.first_seen.tick_s > GROWN_S and not box.touches(*self.picture)

    def _resize(self, box: Box, weight: float) -> None:
        self.width += weight * (box.w - self.width)
        self.height += weight * (box.h - self.height)

    def _usual_box(self, centre: tuple[float, float]) -> Box:
        width, height = round(self.width), round(self.height)
        return Box(round(centre[0] - width / 2), round(centre[1] - height / 2), width, height)

    def as_track(self) -> Track:
        """What the rest of the loop sees of it."""
        box = self.box.clipped(*self.picture)
        return Track(
            id=self.id,
            first_seen=self.first_seen,
            arrived=self.arrived,
            last_seen=self.last_seen,
            box=box,
            velocity=self.velocity,
            turns_seen=self.turns_seen,
            visible=self.visible,
            reach=self.far / max(self.size, 1.0),
            at_edge=box.touches(*self.picture),
            from_edge=self.first_box.touches(*self.picture),
            steadiness=self.turns_seen / self.turns_alive,
            stretch_s=self.stretch_s,
            fastest=self.fastest,
            shifts=self.path / max(self.far, 1.0),
            sank=self._sank(),
        )

    def _sank(self) -> float:
        """How much of its way so far led down, without what it went up: 1 for what drops, 0 for level flight."""
        across, down = abs(self.middle[0] - self.start[0]), self.middle[1] - self.start[1]
        return max(down - self.climbed, 0.0) / max(across + abs(down), 1.0)


def _within(box: Box, point: tuple[float, float]) -> tuple[float, float]:
    """The point of the box that is nearest."""
    return min(max(point[0], box.x), box.x + box.w), min(max(point[1], box.y), box.y + box.h)
