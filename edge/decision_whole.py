"""Decides in mode `frame`: consecutive agreeing answers are one visit."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import uuid4

from edge.language import _
from edge.model.labels import Label
from edge.privacy import NOTHING, Hidden
from edge.records import Box, Change, Frame, Guess, Moment, Receipt, Rejection, Shot, Sighting, Track
from edge.settings import DecisionSettings

UNSURE = 4
"""So many unsure answers in a row say that whatever was there has left; one may catch a gust or a turn."""


@dataclasses.dataclass(slots=True)
class _Run:
    """Answers in a row that name the same label."""

    label: Label
    first_seen: Moment
    looks: int = 0
    total: float = 0.0
    unsure: int = 0
    """Unsure answers in a row, up to now."""
    sighting: Sighting | None = None


class WholeDecision:
    """Opens after enough agreeing answers; another label or the background closes."""

    animals: tuple[Box, ...] = ()

    def __init__(
        self,
        settings: DecisionSettings,
        labels: Sequence[Label],
        unknown_below: float,
        keeps_pictures: bool = False,
        strange_below: float = 0.0,
    ) -> None:
        """`keeps_pictures`: whether whole pictures of the camera may be kept."""
        self._settings = settings
        self._labels = tuple(labels)
        self._unknown_below, self._strange_below = unknown_below, strange_below
        self._keeps_pictures = keeps_pictures
        self._run: _Run | None = None
        self.rejected: Counter[str] = Counter()
        """Runs that became no sighting, by reason."""
        self.withheld = 0
        """Sightings without a picture, because whole pictures are not kept."""

    @property
    def open_count(self) -> int:
        return int(self._run is not None and self._run.sighting is not None)

    def step(
        self, frame: Frame, tracks: Sequence[Track], guesses: Mapping[int, Guess], hidden: Hidden = NOTHING
    ) -> list[Change]:
        """Takes in one frame; nothing changes without a guess."""
        return [change for guess in guesses.values() for change in self._hear(guess, frame)]

    def finish(self) -> list[Change]:
        """Closes what is open."""
        run, self._run = self._run, None
        if run is None:
            return []
        if run.sighting is None:
            self.rejected["too_few_looks"] += 1
            return []
        return [Change("closed", run.sighting)]

    def take_rejections(self, now: Moment | None = None) -> list[Rejection]:
        """None: a picture without an animal is no track that was rejected."""
        return []

    def _doubt(self) -> list[Change]:
        """An unsure answer begins no visit, and a few in a row end one."""
        if self._run is None:
            return []
        self._run.unsure += 1
        return self.finish() if self._run.unsure >= UNSURE else []

    def _hear(self, guess: Guess, frame: Frame) -> list[Change]:
        label, probability = self._labels[guess.best], guess.probabilities[guess.best]
        strange = label.role != "background" and guess.familiarity < self._strange_below
        if strange or probability < self._unknown_below:
            self.rejected["below_threshold"] += 1
            return self._doubt()
        changes: list[Change] = []
        if self._run is None or self._run.label != label:
            changes = self.finish()
            self._run = None if label.role == "background" else _Run(label, guess.moment)
        run = self._run
        if run is None:
            return changes
        run.looks, run.total, run.unsure = run.looks + 1, run.total + probability, 0
        if run.sighting is not None:
            run.sighting = dataclasses.replace(
                run.sighting, last_seen=guess.moment, confidence=run.total / run.looks, receipt=_receipt(run)
            )
        elif run.looks >= self._settings.min_looks:
            run.sighting = _sighting(run, guess)
            shot = Shot(frame.image, guess.box, guess.moment) if self._keeps_pictures else None
            self.withheld += shot is None
            changes.append(Change("opened", run.sighting, shot, withheld=shot is None))
        return changes


def _sighting(run: _Run, guess: Guess) -> Sighting:
    return Sighting(
        id=uuid4().hex,
        first_seen=run.first_seen,
        last_seen=guess.moment,
        decided=guess.moment,
        label=run.label.key,
        role=run.label.role,
        confidence=run.total / run.looks,
        box=guess.box,
        box_moment=guess.moment,
        receipt=_receipt(run),
    )


def _receipt(run: _Run) -> Receipt:
    mean = round(run.total / run.looks, 3)
    return Receipt(run.looks, {run.label.key: mean}, _("Looks at the whole picture in a row agree."))
