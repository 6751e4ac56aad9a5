"""What is known of one track."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edge.cutting import cut, thumbnail, with_margin
from edge.further import FurtherShots
from edge.model.labels import UNKNOWN, Label
from edge.pool import CRAWLERS, Pool
from edge.privacy import NOTHING, STAYS_S, Hidden
from edge.records import Box, Frame, Guess, Image, Moment, Shot, Sighting, Track

SAME = 0.8
"""Correlation from which two thumbnails show the same: 0.95 for a resting animal, 0.5 and less where one has left."""
RECENT_LOOKS = 4
"""So many looks in a row without an animal say that it has left; one may catch a shadow or a turn."""
CUT_OFF = 0.3
"""Weight of a look at something that reaches over the picture's edge: half an animal looks like another."""
BLUR_PER_S = 2.0
"""Lengths of itself per second at which motion blur halves a look's worth: at 1/30 s exposure, a fifteenth of it."""
BETTER = 1.25
"""A photo must be better by this factor to take the place of one: each costs a write to the card."""
BEFORE_S = 10.0
"""A photo taken so shortly before a person was seen there may show a foot or a hand of them."""
CRAWL_PER_S = 2.0
"""In lengths of itself. The quickest caterpillars make about one (woolly bears, 1 to 2 cm/s), snails a thirtieth; on
the development clips crawlers made at most 0.5, falling leaves 3.7 and more."""
EMERGE_PER_S = 1.0
"""The same for what is first seen inside the picture: the last of a fall may be all that was seen of it."""
EARLY_LOOKS, LATE_LOOKS = 6, 6
"""So many of the first and of the last looks a receipt keeps: how it began, and how it ended."""


@dataclass(slots=True)
class Evidence:
    """What one track has shown so far."""

    labels: Sequence[Label]
    track: Track
    further: FurtherShots
    """More pictures of it, once it is a sighting."""
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT_LOOKS))
    """Probability of an animal in the last looks."""
    last_animal: Moment | None = None
    """When a look last showed an animal."""
    portrait: NDArray[np.float32] | None = None
    """How it looked when a look last showed an animal."""
    portrait_box: Box | None = None
    best: tuple[Box, Moment] | None = None
    """Where and when a look showed it best, whether or not there is a photo of that."""
    best_worth: float = 0.0
    shot: Shot | None = None
    shot_worth: float = 0.0
    shot_is_new: bool = False
    large_from_s: float | None = None
    """Since when it is as large as a person; None where it is not."""
    was_large: bool = False
    """It was, if only for a moment."""
    large: bool = False
    """It was for as long as a person is, and a gust or a flight past another animal is not."""
    withheld: bool = False
    """Its photo was taken away, and no later one has come."""
    sighting: Sighting | None = None
    """The one that is open."""
    early: list[dict[str, float | str]] = field(default_factory=list)
    late: deque[dict[str, float | str]] = field(default_factory=lambda: deque(maxlen=LATE_LOOKS))
    _pool: Pool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._pool = Pool(self.labels)

    @property
    def looks(self) -> int:
        """How many were taken in."""
        return self._pool.looks

    def hide(self, now: Moment, hidden: Hidden) -> bool:
        """Gives up the photo where a person may be on it; True where there was one, or may have been."""
        self._measure(now, hidden.longest_px)
        came_in = self.track.from_edge and now.tick_s - self.track.first_seen.tick_s < BEFORE_S
        if not (self.large or hidden.covers(self.track.box) or (hidden.scene_changed and came_in)):
            return False
        self.further.give_up(None if self.large else now.tick_s - BEFORE_S)
        if self.withheld or (not self.large and self.shot and now.tick_s - self.shot.moment.tick_s > BEFORE_S):
            return False
        self.shot, self.shot_worth, self.shot_is_new, self.withheld = None, 0.0, False, True
        return True

    def _measure(self, now: Moment, longest_px: float) -> None:
        if max(self.track.box.w, self.track.box.h) <= longest_px:
            self.large_from_s = None
            return
        self.was_large = True
        self.large_from_s = now.tick_s if self.large_from_s is None else self.large_from_s
        self.large |= now.tick_s - self.large_from_s >= STAYS_S

    def add(self, guess: Guess, frame: Frame, photo_margin: float, hidden: Hidden = NOTHING) -> None:
        """Takes in one look, and keeps its photo where it is better than any before and shows no person."""
        probabilities = np.asarray(guess.probabilities, np.float64)
        weight = self._weight(guess, frame)
        animal = self._pool.add(probabilities, weight, self._too_fast, guess.familiarity)
        if animal >= 0.5:
            self.portrait, self.portrait_box = thumbnail(frame.image, guess.box), guess.box
        elif self._sits_unchanged(frame.image):
            animal = 0.5  # the same picture as when it was an animal: it has not left
        self.recent.append(animal)
        (self.early if len(self.early) < EARLY_LOOKS else self.late).append(self._noted(guess, weight))
        if animal >= 0.5:
            self.last_animal = guess.moment
        worth = weight * float(probabilities[self._pool.alive(self._too_fast)].max(initial=0.0))
        if self.best is None or worth > BETTER * self.best_worth:
            self.best, self.best_worth = (guess.box, guess.moment), worth
        if self.large or hidden.touches(with_margin(guess.box, photo_margin)):
            self.withheld |= self.shot is None
            return
        if self.sighting is not None and animal >= 0.5:
            self.further.offer(frame.image, guess, photo_margin, worth)
        if self.shot is None or worth > BETTER * self.shot_worth:
            self.shot = Shot(cut(frame.image, guess.box, photo_margin), guess.box, guess.moment)
            self.shot_worth, self.shot_is_new, self.withheld = worth, True, False

    @property
    def shown(self) -> tuple[Box, Moment]:
        """Where the animal is in its photo, and when that was taken; without one, where a look showed it best."""
        if self.shot is not None:
            return self.shot.box, self.shot.moment
        return self.best or (self.track.box, self.track.last_seen)

    def _noted(self, guess: Guess, weight: float) -> dict[str, float | str]:
        """One look as a receipt keeps it."""
        best = guess.best
        return {
            "at_s": round(guess.moment.tick_s - self.track.first_seen.tick_s, 2),
            "label": self.labels[best].key,
            "probability": round(guess.probabilities[best], 3),
            "animal": round(self._pool.share(np.asarray(guess.probabilities), self._too_fast), 3),
            "weight": round(weight, 1),
            "familiarity": round(guess.familiarity, 3),
        }

    def _weight(self, guess: Guess, frame: Frame) -> float:
        """How much a look tells: large, whole, slow enough to be sharp."""
        size = max(guess.box.w, guess.box.h)
        whole = CUT_OFF if guess.box.touches(frame.image.shape[1], frame.image.shape[0]) else 1.0
        return math.sqrt(guess.box.area) * whole / (1 + math.hypot(*self.track.velocity) / (BLUR_PER_S * size))

    @property
    def animal(self) -> float:
        """Probability that it is an animal at all, 0 to 1; 0 before the first look."""
        return self._pool.animal(self._too_fast)

    @property
    def animal_lately(self) -> float:
        """The same from the last few looks."""
        return float(np.mean(self.recent)) if self.recent else 0.5

    def votes(self) -> Mapping[str, float]:
        """Probability of each label given that it is an animal, largest first."""
        return self._pool.votes(self._too_fast)

    @property
    def familiarity(self) -> float:
        """How much it looks like an animal that the model learned, 0 to 1; 1 where the model file does not say."""
        return self._pool.familiarity

    def verdict(self, unknown_below: float, strange_below: float = 0.0) -> tuple[Label, float]:
        """The label and its probability: `unknown` where none reaches `unknown_below`, or its familiarity does not
        reach `strange_below`, and then never surer than `unknown_below`; the background where the looks together came
        to show no animal."""
        ground = next((label for label in self.labels if label.role == "background"), None)
        if ground is not None and self.animal < 0.5:
            return ground, 1 - self.animal
        key, probability = next(iter(self.votes().items()), (UNKNOWN, 0.0))
        if probability < unknown_below or self.familiarity < strange_below:
            return Label(UNKNOWN, UNKNOWN, UNKNOWN), min(probability, unknown_below)
        return next(label for label in self.labels if label.key == key), probability

    @property
    def lay_down(self) -> bool:
        """Whether it is named a crawler, but was suddenly there inside the picture, as a leaf is that came to rest."""
        return not self.track.from_edge and next(iter(self.votes()), UNKNOWN) in CRAWLERS

    def _sits_unchanged(self, image: Image) -> bool:
        """Whether the place where it was last an animal still looks the same."""
        if self.portrait is None or self.portrait_box is None:
            return False
        return float((self.portrait * thumbnail(image, self.portrait_box)).mean()) > SAME

    @property
    def _too_fast(self) -> bool:
        """Whether it came in faster than a crawler can."""
        return self.track.fastest > (CRAWL_PER_S if self.track.from_edge else EMERGE_PER_S)
