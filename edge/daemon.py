"""The loop: each frame either is forgotten or becomes part of a sighting."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from edge import clock
from edge.actions.acting import Actions
from edge.actions.led import Condition
from edge.board.base import Board
from edge.camera.base import Camera
from edge.collect.collector import Collector
from edge.collect.wishes import Wishes
from edge.commentary import Commentary
from edge.decision import Decision
from edge.decision_whole import WholeDecision
from edge.glimpse import Glimpse, State
from edge.model.classifier import Classifier
from edge.privacy import UNSEEN, Hidden, Privacy
from edge.records import Change, Frame, Guess, Moment, Region
from edge.service import Service
from edge.store.store import Store
from edge.vision.attention import Attention
from edge.vision.gate import Gate
from edge.vision.health import SceneHealth
from edge.vision.looks import Look, Looks
from edge.vision.tracker import Tracker
from edge.vision.whole import WholeGate, WholeLooks, WholeTracker

log = logging.getLogger(__name__)

TURN_S = 0.25
"""The longest a turn waits for a frame, so that a stop is prompt and the watchdog is fed while the camera is lost."""
SLOW_S = 1.0
"""A camera may take so long for a frame (a night's exposure) and still be watching."""
LOST_S = 5.0
"""A camera that is lost for so long shows no animal any more: what was open is closed, the lamp goes out."""
CLOCK_S = 60.0
"""How often an untrusted clock is asked whether a time source has set it."""
SETTLE_S = 20.0
"""How long a film waits for a slow disk: nobody else waits for the next frame, but the watchdog for the turn's end."""


NO_REGIONS: Sequence[Region] = ()


@dataclass(slots=True)
class StopFlag:
    """Set by a signal; nothing else happens in its handler."""

    requested: bool = False

    def request(self, *_: object) -> None:
        self.requested = True


@dataclass(frozen=True, slots=True)
class Parts:
    """What the loop works with; picked in `edge.build`."""

    camera: Camera
    health: SceneHealth
    gate: Gate | WholeGate
    tracker: Tracker | WholeTracker
    attention: Attention
    looks: Looks | WholeLooks
    classifier: Classifier
    decision: Decision | WholeDecision
    privacy: Privacy
    store: Store
    actions: Actions
    board: Board
    service: Service
    commentary: Commentary
    glimpse: Glimpse
    collector: Collector
    wishes: Wishes


def watch(parts: Parts, stop: StopFlag) -> None:
    """Watches until the source ends or a stop is asked for; sightings still open are then closed and kept."""
    gate, tracker, looks, decision = parts.gate, parts.tracker, parts.looks, parts.decision
    house = House(parts, stop)
    parts.service.ready()
    while not stop.requested:
        frame = parts.camera.read(TURN_S, parts.attention.next_s)
        regions, hidden = NO_REGIONS, UNSEEN
        if frame is None:
            if parts.camera.health().state == "ended":
                break
            if house.lost_s > LOST_S:
                act(parts, decision.finish())
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
            hidden = parts.privacy.hides(frame, regions, gate.state == "light_changed")
            act(parts, decision.step(frame, tracks, guesses, hidden), frame.moment)
            parts.store.reject(decision.take_rejections(frame.moment))
            parts.collector.see(frame, tracks, decision, hidden)
            parts.attention.note(frame.moment, busy=bool(tracks) or gate.state != "watching")
        house.keep(frame, regions, hidden)
        parts.service.alive(house.status())
    parts.service.stopping()
    act(parts, decision.finish())
    parts.store.reject(decision.take_rejections())
    house.leave()


def guess(classifier: Classifier, frame: Frame, looks: Sequence[Look]) -> dict[int, Guess]:
    """The classifier's answer for each look, by track; one batch."""
    probabilities, embeddings = classifier.classify([look.image for look in looks])
    return {
        look.track_id: Guess(
            frame.moment,
            look.box,
            tuple(probabilities[i].tolist()),
            () if embeddings is None else tuple(embeddings[i].tolist()),
        )
        for i, look in enumerate(looks)
    }


def act(parts: Parts, changes: Sequence[Change], now: Moment | None = None) -> None:
    """The lamp first: neither a slow card nor a stopped terminal may delay it."""
    parts.actions.act(changes, now)
    parts.store.record(changes)
    parts.commentary.tell(changes)


class House:
    """What is done in every turn beside the watching: effort, changes of state, waiting for a slow disk."""

    def __init__(self, parts: Parts, stop: StopFlag) -> None:
        self._parts = parts
        self._stop = stop
        self._last_s: float | None = None
        self._frames = self._withheld = 0
        self._moment: Moment | None = None
        self._states: dict[str, str] = {}
        self._disk_is_well = True
        self._ask_clock_s: float | None = 0.0 if parts.camera.live and clock.trust() == "untrusted" else None
        self.lost_s = 0.0
        """For how long the camera has given no frame; 0 while it does."""

    def keep(self, frame: Frame | None, regions: Sequence[Region], hidden: Hidden) -> None:
        """`frame` is None in a turn without one."""
        parts = self._parts
        camera = parts.camera.health()
        self._frames = self._frames if frame is None else frame.index + 1
        if frame is not None or parts.camera.live:
            moment = frame.moment if frame else Moment(datetime.now(UTC), time.monotonic(), None)
            seconds = 0.0 if self._last_s is None else moment.tick_s - self._last_s
            self._last_s = moment.tick_s
            self.lost_s = 0.0 if frame else self.lost_s + seconds
            parts.commentary.time(moment)
            blind = self._blind(frame)
            parts.actions.turn(moment, Condition.of(camera, blind, parts.store.health(), parts.glimpse.is_wanted))
            parts.store.effort(moment, seconds, blind)
            self._count_withheld(moment)
            self._notice_the_clock(moment)
            parts.wishes.notice(moment.tick_s)
            parts.glimpse.show(frame, regions, hidden, moment.wall, self._state)
        if not parts.camera.live:
            self._let_the_disk_catch_up()
        if camera.state in ("open", "lost") and self._changed("camera", camera.state):
            parts.commentary.camera(camera)
        if self._changed("scene", parts.health.trouble or "open"):
            log.warning("scene %s", parts.health.trouble or "seen again")
            parts.commentary.scene(parts.health.trouble)

    def leave(self) -> None:
        """What the last tracks were is known only when they have ended."""
        if self._moment is not None:
            self._count_withheld(self._moment)

    def _count_withheld(self, moment: Moment) -> None:
        self._moment, withheld = moment, self._parts.decision.withheld
        self._parts.store.withhold(moment, withheld - self._withheld)
        self._withheld = withheld

    def _notice_the_clock(self, moment: Moment) -> None:
        """A clock that is set while we watch corrects what was recorded before; it is asked until then."""
        if self._ask_clock_s is None or moment.tick_s < self._ask_clock_s:
            return
        self._ask_clock_s = moment.tick_s + CLOCK_S
        if clock.trust() == "trusted":
            self._ask_clock_s = None
            self._parts.store.clock_trusted(moment)

    def _let_the_disk_catch_up(self) -> None:
        """A film is read faster than a card may write; a sick disk is waited for once."""
        store, until = self._parts.store, time.monotonic() + SETTLE_S
        while self._disk_is_well and store.health().queued and not self._stop.requested:
            if not store.settle(TURN_S) and time.monotonic() > until:
                self._disk_is_well = False

    def _blind(self, frame: Frame | None) -> str | None:
        """Why nothing could be seen in this turn; None where it could."""
        if frame is None:
            return None if self.lost_s < SLOW_S else "camera_lost"
        if self._parts.health.trouble is not None:
            return self._parts.health.trouble
        state = self._parts.gate.state
        return state if state in ("learning", "light_changed") else None

    def _changed(self, what: str, state: str) -> bool:
        """True once per change of state; the first state counts only where it is not the normal one."""
        before = self._states.get(what, "open")
        self._states[what] = state
        return state != before

    def _state(self) -> State:
        parts = self._parts
        return State(
            camera=parts.camera.health().state,
            scene=parts.health.trouble or "seen",
            lamp=parts.actions.lamp.is_on,
            board=parts.board.health().state,
            store=parts.store.health().state,
            here_now=parts.decision.open_count,
            collecting_s=parts.wishes.left_s,
            collected=parts.wishes.kept,
        )

    def status(self) -> str:
        """One line for `systemctl status`, renewed when a count or a state changes."""
        parts = self._parts
        camera, store, board = parts.camera.health(), parts.store.health(), parts.board.health()
        missed = f", {camera.missed // 100 * 100} missed" if camera.missed >= 100 else ""
        stopped = ", no room for photos" if store.photos_stopped else ""
        # frames are counted in hundreds, so that the line does not change ten times a second
        return (
            f"camera {camera.state}, {self._frames // 100 * 100} frames{missed}, "
            f"scene {parts.health.trouble or 'seen'}, {store.rows} sightings, {parts.decision.open_count} here now, "
            f"store {store.state}{stopped}, board {board.state}"
        )
