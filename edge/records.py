"""The values that pass from part to part on the way of a frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.model.labels import Role

Image = NDArray[np.uint8]
"""A picture: (H, W, 3) uint8, BGR."""


class Box(NamedTuple):
    """A rectangle in pixels of the source picture: left, top, width, height."""

    x: int
    y: int
    w: int
    h: int

    @property
    def area(self) -> int:
        return self.w * self.h

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.w / 2, self.y + self.h / 2

    def iou(self, other: Box) -> float:
        """Intersection over union, 0 to 1."""
        w = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        h = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        if w <= 0 or h <= 0:
            return 0.0
        return w * h / (self.area + other.area - w * h)

    def overlap(self, other: Box) -> float:
        """The part of this box that lies in the other, 0 to 1."""
        w = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        h = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        return max(w, 0) * max(h, 0) / max(self.area, 1)

    def around(self, other: Box) -> Box:
        """The smallest box that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Box(x, y, max(self.x + self.w, other.x + other.w) - x, max(self.y + self.h, other.y + other.h) - y)

    def touches(self, width: int, height: int) -> bool:
        """Whether it reaches the edge of a picture of that size, give or take a pixel."""
        return self.x <= 1 or self.y <= 1 or self.x + self.w >= width - 1 or self.y + self.h >= height - 1

    def clipped(self, width: int, height: int) -> Box:
        """The part of the box inside a picture of that size; at least one pixel."""
        x0, y0 = min(max(self.x, 0), width - 1), min(max(self.y, 0), height - 1)
        x1, y1 = min(max(self.x + self.w, x0 + 1), width), min(max(self.y + self.h, y0 + 1), height)
        return Box(x0, y0, x1 - x0, y1 - y0)


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant on all clocks: wall time for records, ticks for durations, seconds into a file source."""

    wall: datetime
    """Aware, UTC."""
    tick_s: float
    """Monotonic seconds; only differences mean anything. For a file source, seconds into the file."""
    source_s: float | None
    """Seconds into a file source; None for a live camera."""


@dataclass(frozen=True, eq=False)  # no slots, or `half` could not be kept
class Frame:
    """One picture from the camera, with its moment."""

    image: Image
    index: int
    """Counts from 0 within the source."""
    moment: Moment

    @cached_property
    def half(self) -> Image:
        """The picture at half its size, made once: who shrinks it further begins here, which is quicker."""
        import cv2  # late: commands that only read records need no pictures

        return np.asarray(cv2.resize(self.image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True)
class Guess:
    """Class probabilities of one crop."""

    moment: Moment
    box: Box
    """Where the crop was taken, in source pixels."""
    probabilities: tuple[float, ...]
    """One per label of the model, in its order; sums to 1."""
    familiarity: float = 1.0
    """How much the crop looks like an animal that the model learned; 1 where the model file does not say."""

    @property
    def best(self) -> int:
        """Index of the likeliest label."""
        return int(np.argmax(self.probabilities))


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A picture worth keeping of a sighting: the animal with a margin around it."""

    image: Image
    box: Box
    """The animal in source pixels, without the margin."""
    moment: Moment


@dataclass(frozen=True, slots=True)
class Receipt:
    """Why a sighting is one, and why it has its label; plain JSON values, kept with the record."""

    looks: int
    """How many guesses were made of the track."""
    votes: dict[str, float]
    """Combined probability per label, largest first."""
    reason: str
    """One sentence for a person."""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One visit of one animal, as known now."""

    id: str
    """uuid4 as 32 hex digits. Says nothing that may later be corrected."""
    first_seen: Moment
    last_seen: Moment
    decided: Moment
    """When it was opened, and the lamp could go on."""
    label: str
    """Label key of the model, or "unknown"."""
    role: Role
    confidence: float
    """0 to 1."""
    box: Box
    """The animal in the best photo, in source pixels."""
    box_moment: Moment
    """When the best photo was taken."""
    receipt: Receipt


@dataclass(frozen=True, slots=True, eq=False)
class Rejection:
    """Something that was followed and looked at, but became no sighting."""

    id: str
    """uuid4 as 32 hex digits."""
    first_seen: Moment
    last_seen: Moment
    reason: str
    """Name of the test that it failed, such as `moves_like_a_plant`."""
    label: str
    """What the looks said most; the key of the background too."""
    shot: Shot | None
    """Its best photo; None where none may be kept."""
    receipt: Receipt
    box: Box
    """Where it was in that photo, else where it was last seen."""


ChangeKind = Literal["opened", "improved", "closed"]


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What the decision says about one sighting in this turn of the loop."""

    kind: ChangeKind
    sighting: Sighting
    shot: Shot | None = None
    """A better photo than any before, else None. When kind is "opened" it is there, or withheld."""
    withheld: bool = False
    """No photo of it may be kept now, also none that was kept before: a person may be on it."""
    further: tuple[Shot, ...] = ()
    """More pictures of the visit, in their order; only when kind is "closed"."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of one frame that is new against the background, or has moved."""

    box: Box
    """In source pixels, close around what is new."""


@dataclass(frozen=True, slots=True)
class Track:
    """One moving thing through time, as known now."""

    id: int
    """Counts from 1 within a run; never used twice."""
    first_seen: Moment
    arrived: Moment
    """When half of it was inside, where it came in over the picture's edge; else when it was first seen."""
    last_seen: Moment
    """The last frame that showed it."""
    box: Box
    """Where it was last seen, in source pixels."""
    velocity: tuple[float, float]
    """Right and down, in source pixels per second."""
    turns_seen: int
    """Frames that showed it."""
    visible: bool
    """This frame showed it. A track that is hidden, or was lost a moment ago, is kept for a while."""
    reach: float
    """The farthest it has been from where it first stood, in lengths of its own longer side. What grows stays
    under 1 however long it sways."""
    at_edge: bool
    """Its box touches the picture's edge, so part of it may be outside."""
    from_edge: bool
    """It was there when it was first seen: it came in."""
    steadiness: float
    """Part of the frames since it was first seen that showed it, 0 to 1; what flickers is low."""
    stretch_s: float
    """The longest time it was seen without a break."""
    fastest: float
    """The highest speed it held for half a second while it arrived, in lengths of itself per second."""
    sank: float
    """How much of its way led down and never up again, 0 to 1."""
    shifts: float
    """Path walked per reach: 1 for a straight walk, large for something that moves to and fro."""
