"""Decides when guesses of one track become a sighting, or why not."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from operator import attrgetter
from uuid import uuid4

from edge.checks import ARRIVED, STEADY, checks
from edge.cutting import with_margin
from edge.evidence import BEFORE_S, Evidence
from edge.further import FurtherShots
from edge.language import _
from edge.model.labels import UNKNOWN, Label
from edge.privacy import NOTHING, Hidden
from edge.records import Box, Change, Frame, Guess, Moment, Receipt, Rejection, Shot, Sighting, Track
from edge.settings import DecisionSettings

IMPROVE_S = 5.0
"""Least time between two improvements of one sighting: each is a write to the card."""
DISPROVED = 0.4
"""Under this the looks together say that an open sighting never was an animal; between lies doubt."""
HOPE = 0.3
"""Probability of an animal in the last looks, under which something undecided may become scene: in flight and from
afar an animal is easily taken for background."""
WAITING = 64
"""Rejections that wait for their pictures to be harmless; a gust makes many, and more would be megabytes."""
_tick_s = attrgetter("tick_s")
AHEAD_S = 0.15
"""A little over a frame at ten a second."""


class Decision:
    """Opens a sighting when the evidence suffices, improves it, and closes it when the animal is gone."""

    def __init__(
        self,
        settings: DecisionSettings,
        labels: Sequence[Label],
        unknown_below: float,
        photo_margin: float = 0.35,
        further_photos: int = 0,
        strange_below: float = 0.0,
    ) -> None:
        """`further_photos`: how many of a visit are kept beside its best. `strange_below`: the familiarity under which
        an animal is `unknown`, however sure its name."""
        self._settings = settings
        self._labels = tuple(labels)
        self._unknown_below, self._strange_below = unknown_below, strange_below
        self._photo_margin, self._further_photos = photo_margin, further_photos
        self._cases: dict[int, Evidence] = {}
        self._improved_s: dict[int, float] = {}
        self._rejections: list[Rejection] = []
        self.rejected: Counter[str] = Counter()
        """Tracks that became no sighting, by reason."""
        self.withheld = 0
        """Tracks of which no picture is kept, because a person may be on it; counted when they end."""

    @property
    def animals(self) -> tuple[Box, ...]:
        """Where something is, or goes next, that is or may become a sighting; the gate must not learn it as scene."""
        tracks = [case.track for case in self._cases.values() if case.sighting or self._hopeful(case)]
        return tuple(track.box.around(_ahead(track)) for track in tracks)

    @property
    def open_count(self) -> int:
        return sum(case.sighting is not None for case in self._cases.values())

    def step(
        self, frame: Frame, tracks: Sequence[Track], guesses: Mapping[int, Guess], hidden: Hidden = NOTHING
    ) -> list[Change]:
        """Takes in one frame: all live tracks, the guesses made of some of them, and where nothing may be taken."""
        changes: list[Change] = []
        self._withhold_rejected(hidden)
        live = {track.id for track in tracks}
        for number in [number for number in self._cases if number not in live]:
            changes += self._end(number)
        for track in tracks:
            if (case := self._cases.get(track.id)) is None:
                case = self._cases[track.id] = Evidence(self._labels, track, FurtherShots(self._further_photos))
            case.track = track
            if case.hide(frame.moment, hidden) and case.sighting is not None:
                case.sighting = self._renewed(case, case.sighting)
                changes.append(Change("improved", case.sighting, withheld=True))
            if track.id in guesses:
                case.add(guesses[track.id], frame, self._photo_margin, hidden)
            changes += self._judge(case, frame.moment)
        return changes

    def finish(self) -> list[Change]:
        """Closes whatever is open, as at the end of a film or at a stop."""
        return [change for number in list(self._cases) for change in self._end(number)]

    def case(self, track_id: int) -> Evidence | None:
        """What is known of that live track."""
        return self._cases.get(track_id)

    def why_not(self, case: Evidence) -> str | None:
        """The named reason why this is no sighting yet; None where it is one."""
        return next((check.reason for check in checks(case, self._settings) if not check.met), None)

    def take_rejections(self, now: Moment | None = None) -> list[Rejection]:
        """What ended as no sighting, of what was looked at, each once.

        With `now` only what ended so long ago that a person would have been seen if it was a part of one.
        """
        late = [one for one in self._rejections if now and now.tick_s - one.last_seen.tick_s < BEFORE_S]
        taken = [one for one in self._rejections if one not in late]
        self._rejections = late
        return taken

    def _withhold_rejected(self, hidden: Hidden) -> None:
        for number, one in enumerate(self._rejections):
            if one.shot is not None and hidden.near(with_margin(one.shot.box, self._photo_margin)):
                self._rejections[number] = dataclasses.replace(one, shot=None)
                self.withheld += 1

    def _hopeful(self, case: Evidence) -> bool:
        """Whether it came like an animal, and the looks so far, if any, do not say otherwise."""
        track = case.track
        came = track.reach >= ARRIVED and track.steadiness >= STEADY
        return came and (case.looks < self._settings.min_looks or case.animal_lately >= HOPE)

    def _judge(self, case: Evidence, now: Moment) -> list[Change]:
        if case.sighting is None:
            if self.why_not(case) is None and case.animal_lately >= 0.5:
                return [self._open(case, now)]
            return []
        if case.animal < DISPROVED or (len(case.recent) == case.recent.maxlen and max(case.recent) < 0.5):
            return [self._close(case)]
        return self._improve(case, now)

    def _open(self, case: Evidence, now: Moment) -> Change:
        label, confidence = case.verdict(self._unknown_below, self._strange_below)
        box, taken = case.shown
        case.sighting = Sighting(
            id=uuid4().hex,
            first_seen=min(case.track.arrived, now, key=_tick_s),  # it is there, however much of it is still to come
            last_seen=case.track.last_seen,
            decided=now,
            label=label.key,
            role=label.role,
            confidence=confidence,
            box=box,
            box_moment=taken,
            receipt=self._receipt(case, label),
        )
        case.shot_is_new = False
        self._improved_s[case.track.id] = now.tick_s
        return Change("opened", case.sighting, case.shot, withheld=case.shot is None)

    def _improve(self, case: Evidence, now: Moment) -> list[Change]:
        """A surer label or a better photo, at most every few seconds."""
        before = case.sighting
        assert before is not None
        case.sighting = self._renewed(case, before, before.receipt)  # nobody reads the receipt of every frame
        due = now.tick_s - self._improved_s[case.track.id] >= IMPROVE_S
        if not due or (case.sighting.label == before.label and not case.shot_is_new):
            return []
        self._improved_s[case.track.id] = now.tick_s
        case.sighting = self._renewed(case, before)
        return [Change("improved", case.sighting, self._new_shot(case))]

    def _close(self, case: Evidence) -> Change:
        assert case.sighting is not None
        last = self._renewed(case, case.sighting)
        if case.last_animal and case.recent[-1] < 0.5:  # something is still there, but no animal any more
            last = dataclasses.replace(last, last_seen=case.last_animal)
        case.sighting = None
        self.withheld += case.withheld
        further = () if last.role == "background" or case.withheld else case.further.chosen(case.shot)
        return Change("closed", last, self._new_shot(case), further=further)

    def _renewed(self, case: Evidence, sighting: Sighting, receipt: Receipt | None = None) -> Sighting:
        """The sighting as the evidence has it now; with a new receipt, unless one is given."""
        label, confidence = case.verdict(self._unknown_below, self._strange_below)
        box, taken = case.shown
        return dataclasses.replace(
            sighting,
            first_seen=min(case.track.arrived, sighting.decided, key=_tick_s),
            last_seen=case.track.last_seen,
            label=label.key,
            role=label.role,
            confidence=confidence,
            box=box,
            box_moment=taken,
            receipt=receipt or self._receipt(case, label),
        )

    def _new_shot(self, case: Evidence) -> Shot | None:
        shot = case.shot if case.shot_is_new else None
        case.shot_is_new = False
        return shot

    def _end(self, number: int) -> list[Change]:
        case = self._cases.pop(number)
        self._improved_s.pop(number, None)
        if case.sighting is not None:
            return [self._close(case)]
        reason = self.why_not(case) or "left"
        self.rejected[reason] += 1
        self.withheld += case.withheld or case.was_large
        if case.looks:
            self._rejections = [*self._rejections[1 - WAITING :], self._rejection(case, reason)]
        return []

    def _rejection(self, case: Evidence, reason: str) -> Rejection:
        track, ground = case.track, case.animal < 0.5
        label = max(self._labels, key=lambda label: label.role == "background") if ground else case.verdict(0.0)[0]
        sentence = _("Not counted: {reason}.").format(reason=reason)
        return Rejection(
            id=uuid4().hex,
            first_seen=track.first_seen,
            last_seen=track.last_seen,
            reason=reason,
            label=label.key,
            shot=None if case.was_large else case.shot,
            receipt=self._told(case, sentence),
            box=case.shown[0],
        )

    def _receipt(self, case: Evidence, label: Label) -> Receipt:
        if label.key == UNKNOWN and case.familiarity < self._strange_below:
            return self._told(case, _("An animal, but like none that the model learned."))
        if label.key == UNKNOWN:
            return self._told(case, _("An animal, but no label fits well enough."))
        return self._told(case, _("It moved, and the looks at it agree."))

    def _told(self, case: Evidence, reason: str) -> Receipt:
        track = case.track
        votes = {key: round(p, 3) for key, p in list(case.votes().items())[:5]}
        details = {
            "animal": round(case.animal, 3),
            "familiarity": round(case.familiarity, 3),
            "strange_below": self._strange_below,
            "reach": round(track.reach, 2),
            "steadiness": round(track.steadiness, 2),
            "stretch_s": round(track.stretch_s, 1),
            "turns_seen": track.turns_seen,
            "from_edge": track.from_edge,
            "fastest": round(track.fastest, 2),
            "sank": round(track.sank, 2),
            "checks": [check.noted() for check in checks(case, self._settings)],
            "guesses": [*case.early, *case.late],
        }
        return Receipt(case.looks, votes, reason, details)


def _ahead(track: Track) -> Box:
    """Where it will be a moment later if it goes on."""
    if not track.visible:
        return track.box
    dx, dy = (round(speed * AHEAD_S) for speed in track.velocity)
    return Box(track.box.x + dx, track.box.y + dy, track.box.w, track.box.h)
