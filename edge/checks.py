"""What a track must pass to become a sighting."""

from __future__ import annotations

from dataclasses import dataclass

from edge.evidence import CRAWL_PER_S, EMERGE_PER_S, Evidence
from edge.records import Track
from edge.settings import DecisionSettings

STEADY = 0.7
"""Part of the frames that showed it: an animal is seen in nine of ten, a leaf that sways into new ground in few."""
SEEN_THROUGH = 0.9
"""The same for what was followed without a gap."""
STRETCH_S = 1.0
"""An animal is seen for a second without a break; a leaf in the wind shows itself for moments."""
INSIDE_S = 2.0
"""The same for what appears inside the picture and does not go far; seldom an animal, often a gust."""
FAR = 3.0
"""Lengths of itself that no leaf on its stem goes: the farthest on drawn films of wind is 1.7."""
CAME_IN_S = 3.0
"""What came in over the picture's edge and is seen for so long without a break has arrived, slow as it may be."""
ARRIVED = 1.0
"""Lengths of itself it must have come: what has roots sways in place."""
OWN_WAY = 0.4
"""Part of its way that must not lead down, of what is fast: leaves and petals flutter aside by less on drawn films, and
of 70 visitors two came so steeply."""
CAME_BY_ITSELF = 0.2
"""So much less animal is asked of the looks at what walked or flew in before the camera's eyes: on drawn films, of what
came so and was named an animal by 0.55, all were."""
LEVEL = 0.6
"""Part of its way that must not lead down for that, where it came quickly; of 24 drawn leaves one had as much."""
SMALL_PX = 6
"""A shorter side under this shows nothing that a network could name."""


@dataclass(frozen=True, slots=True)
class Check:
    """One test of a track: what was measured, and how much is needed."""

    name: str
    value: float
    needed: float
    reason: str
    """The reason's name where it fails."""

    @property
    def met(self) -> bool:
        return self.value >= self.needed

    def noted(self) -> dict[str, float | str | bool]:
        """As a receipt keeps it."""
        return {"name": self.name, "value": round(self.value, 3), "needed": self.needed, "met": self.met}


def checks(case: Evidence, settings: DecisionSettings) -> list[Check]:
    """All tests, in the order in which the first that fails gives the reason.

    What came quickly and only ever down may have fallen, and a landed leaf is called a moth for as long as it lies
    there: it is not counted before it moves otherwise, however sure the looks are. Nor is what is called a slug and was
    suddenly there: a slug comes crawling.
    """
    track = case.track
    seen_s = track.last_seen.tick_s - track.first_seen.tick_s
    return [
        *([Check("no_person", 0, 1, "withheld")] if case.large else []),
        Check("size_px", min(track.box.w, track.box.h), SMALL_PX, "too_small"),
        Check("looks", case.looks, settings.min_looks, "too_few_looks"),
        Check("seen_s", seen_s, settings.min_seen_s, "too_few_looks"),
        Check("animal", case.animal, 0.5, "background"),
        *([Check("own_way", 1 - track.sank, OWN_WAY, "falls_like_a_leaf")] if track.fastest > CRAWL_PER_S else []),
        *([] if case.animal >= settings.sure and not case.lay_down else _moves_like_an_animal(track)),
        Check("animal", case.animal, settings.animal - CAME_BY_ITSELF * _came_by_itself(track), "below_threshold"),
    ]


def _came_by_itself(track: Track) -> bool:
    """Whether it came in over the edge, was seen on all of its way, and did not just fall."""
    came = track.from_edge and track.reach >= ARRIVED
    followed = track.stretch_s >= CAME_IN_S and track.steadiness >= SEEN_THROUGH
    return came and followed and (track.fastest <= EMERGE_PER_S or 1 - track.sank >= LEVEL)


def _moves_like_an_animal(track: Track) -> list[Check]:
    """What came in over the edge and is seen long enough has arrived; all else must have gone its own length."""
    came = track.from_edge or track.reach >= FAR
    arrived = track.from_edge and track.stretch_s >= CAME_IN_S
    return [
        *([] if arrived else [Check("reach", track.reach, ARRIVED, "moves_like_a_plant")]),
        Check("stretch_s", track.stretch_s, STRETCH_S if came else INSIDE_S, "moves_like_a_plant"),
        Check("steadiness", track.steadiness, STEADY, "moves_like_a_plant"),
    ]
