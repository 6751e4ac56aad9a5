"""Chooses a few more pictures of a visit, spread over all of it."""

from __future__ import annotations

from itertools import pairwise

from edge.cutting import cut
from edge.records import Guess, Image, Shot

FIRST_GAP_S = 1.5
"""Between two pictures at first: sooner an animal looks the same. It doubles whenever there are too many."""

MOST_ORDERED = 12
"""Of one visit, for all rules together: a third of a megabyte of crops."""


class FurtherShots:
    """At most twice as many pictures as are wanted, however long the visit lasts."""

    def __init__(self, wanted: int = 0) -> None:
        self._wanted = wanted
        self._gap_s = FIRST_GAP_S
        self._taken: list[tuple[float, Shot]] = []
        """With what each is worth, in their order."""
        self._ordered: list[tuple[bool, Shot]] = []
        """What a rule asked for; whether it is a whole frame."""

    def offer(self, image: Image, guess: Guess, margin: float, worth: float) -> None:
        """Takes the animal out of the frame where the last picture is long enough ago."""
        if not self._wanted or (self._taken and guess.moment.tick_s - self._last_s < self._gap_s):
            return
        self._taken.append((worth, Shot(cut(image, guess.box, margin), guess.box, guess.moment)))
        if len(self._taken) > 2 * self._wanted:
            self._gap_s *= 2
            self._taken = self._taken[::2]

    def keep(self, shot: Shot, whole: bool = False) -> None:
        """One that a rule asked for: it is among the chosen, whatever it is worth, up to MOST_ORDERED of a visit."""
        if len(self._ordered) < MOST_ORDERED:
            self._ordered.append((whole, shot))

    def give_up_whole(self, since_s: float) -> None:
        """Whole frames since that tick: somebody came who may be on them."""
        self._ordered = [one for one in self._ordered if not one[0] or one[1].moment.tick_s < since_s]

    def give_up(self, since_s: float | None) -> None:
        """Those taken since that tick, or all; a person may be on them."""
        self._ordered = [one for one in self._ordered if since_s is not None and one[1].moment.tick_s < since_s]
        self._taken = [one for one in self._taken if since_s is not None and one[1].moment.tick_s < since_s]

    def chosen(self, best: Shot | None) -> tuple[Shot, ...]:
        """As many as are wanted, from each part of the visit the one that is worth most, none beside the best photo;
        and what rules asked for."""
        apart = [one for one in self._taken if best is None or _gap_s(one[1], best) >= FIRST_GAP_S]
        count = min(self._wanted, len(apart))
        bounds = [round(number * len(apart) / max(count, 1)) for number in range(count + 1)]
        parts = (apart[begin:end] for begin, end in pairwise(bounds))
        found = [*(max(part, key=lambda one: one[0])[1] for part in parts), *(shot for _whole, shot in self._ordered)]
        return tuple(sorted(found, key=lambda shot: shot.moment.tick_s))

    @property
    def _last_s(self) -> float:
        return self._taken[-1][1].moment.tick_s


def _gap_s(one: Shot, other: Shot) -> float:
    return abs(one.moment.tick_s - other.moment.tick_s)
