"""The loop: each frame either is forgotten or becomes part of a sighting."""

from __future__ import annotations

from collections.abc import Sequence

from edge.house import TURN_S, House
from edge.model.classifier import Classifier
from edge.parts import Parts, StopFlag
from edge.privacy import UNSEEN
from edge.records import Change, Frame, Guess, Moment, Region
from edge.vision.looks import Look

LOST_S = 5.0
"""A camera that is lost for so long shows no animal any more: what was open is closed, the lamp goes out."""

NO_REGIONS: Sequence[Region] = ()


def watch(parts: Parts, stop: StopFlag) -> None:
    """Watches until the source ends or a stop is asked for; sightings still open are then closed and kept."""
    gate, tracker, looks, decision = parts.gate, parts.tracker, parts.looks, parts.decision
    house = House(parts, stop)
    parts.service.ready()
    while not stop.requested:
        frame = parts.camera.read(TURN_S, parts.attention.next_s)
        regions, hidden = NO_REGIONS, UNSEEN
        if frame is None:
            if (state := parts.camera.health().state) == "ended":
                break
            if state == "resting" or house.lost_s > LOST_S:
                act(parts, decision.finish())
            if state == "resting":  # nobody knows what happens to the scene meanwhile
                gate.forget()
                tracker.forget()
                parts.health.rest()
        elif parts.health.see(frame) is not None:  # nothing can be seen, so nothing is there
            parts.commentary.frame(frame)
            act(parts, decision.finish(), frame.moment)
            gate.forget()
            tracker.forget()
            parts.attention.note(frame.moment, busy=False)
        else:
            parts.commentary.frame(frame)
            regions = gate.regions(frame, decision.animals)
            tracks = tracker.follow(frame, regions)
            guesses = guess(parts.classifier, frame, looks.choose(frame, tracks))
            hidden = parts.privacy.hides(frame, regions, gate.state == "light_changed", gate.state == "shaken")
            act(parts, decision.step(frame, tracks, guesses, hidden), frame.moment)
            parts.store.reject(decision.take_rejections(frame.moment))
            parts.rule_photos.take(parts.actions.take_orders(), frame, tracks, decision, hidden)
            parts.collector.see(frame, tracks, decision, hidden)
            parts.attention.note(frame.moment, bool(tracks), gate.state)
        house.keep(frame, regions, hidden)
        parts.service.alive(house.status)
    parts.service.stopping()
    act(parts, decision.finish())
    parts.store.reject(decision.take_rejections())
    house.leave()


def guess(classifier: Classifier, frame: Frame, looks: Sequence[Look]) -> dict[int, Guess]:
    """The classifier's answer for each look, by track; one batch."""
    said = classifier.classify([look.image for look in looks])
    return {
        look.track_id: Guess(
            frame.moment,
            look.box,
            tuple(said.probabilities[i].tolist()),
            float(said.familiarity[i]),
        )
        for i, look in enumerate(looks)
    }


def act(parts: Parts, changes: Sequence[Change], now: Moment | None = None) -> None:
    """The lamp first: neither a slow card nor a stopped terminal may delay it."""
    parts.actions.act(changes, now)
    parts.store.record(changes, parts.actions.take_notices())
    parts.commentary.tell(changes)
