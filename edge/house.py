"""What is done in every turn of the loop beside the watching."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from edge import clock
from edge.actions.led import Condition
from edge.glimpse import State
from edge.heartbeat import Pulse
from edge.parts import Parts, StopFlag
from edge.privacy import Hidden
from edge.records import Frame, Moment, Region
from edge.store.run import utc_text

log = logging.getLogger(__name__)

TURN_S = 0.25
"""The longest a turn waits for a frame, so that a stop is prompt and the watchdog is fed while the camera is lost."""
SLOW_S = 1.0
"""A camera may take so long for a frame (a night's exposure) and still be watching."""
CLOCK_S = 60.0
"""How often an untrusted clock is asked whether a time source has set it."""
FEW = 10
"""So many messages may wait without a word in the status line: each visit makes some, and they are gone at once."""
SETTLE_S = 20.0
"""How long a film waits for a slow disk: nobody else waits for the next frame, but the watchdog for the turn's end."""


class House:
    """Effort, changes of state, waiting for a slow disk."""

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
            moment = frame.moment if frame else clock.now()
            seconds = 0.0 if self._last_s is None else moment.tick_s - self._last_s
            self._last_s = moment.tick_s
            rest = parts.rest()
            self.lost_s = 0.0 if frame or rest else self.lost_s + seconds
            parts.commentary.time(moment)
            blind = None if rest else self._blind(frame)
            parts.actions.turn(moment, Condition.of(camera, blind, parts.store.health(), parts.glimpse.is_wanted))
            parts.store.effort(moment, seconds, rest.reason if rest else blind)
            parts.heartbeat.count(seconds, blind, rest.reason if rest else None)
            self._notice_strain(moment)
            self._count_withheld(moment)
            self._notice_the_clock(moment)
            parts.wishes.notice(moment.tick_s)
            parts.glimpse.show(frame, regions, hidden, moment.wall, self._state)
            parts.heartbeat.beat(self._pulse)
            parts.office.notice(moment.tick_s, self._state)
        if not parts.camera.live:
            self._let_the_disk_catch_up()
        if camera.state in ("open", "lost") and self._changed("camera", camera.state):
            parts.commentary.camera(camera)
        if self._changed("rest", rest.reason if (rest := parts.rest()) else "open"):
            parts.commentary.rest(rest)
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

    def _notice_strain(self, moment: Moment) -> None:
        """Too little voltage, or too hot: the computer slows down, and may soon fail."""
        found = self._parts.strains.look(moment.tick_s)
        if found is None:
            return
        for kind in found.kinds:
            self._parts.store.strain(moment, kind, found.seconds)
        if self._changed("strain", " ".join(found.kinds) or "open"):
            log.warning("strain %s", " ".join(found.kinds) or "is over")
            self._parts.commentary.strain(found.kinds)

    def _let_the_disk_catch_up(self) -> None:
        """A film is read faster than a card may write; a sick disk is waited for once."""
        store, until = self._parts.store, time.monotonic() + SETTLE_S
        while self._disk_is_well and store.health().queued and not self._stop.requested:
            if not store.settle(TURN_S) and time.monotonic() > until:
                self._disk_is_well = False

    def _blind(self, frame: Frame | None) -> str | None:
        """Why nothing could be seen in this turn; None where it could."""
        if frame is None:
            if self._parts.camera.health().state == "opening":
                return "opening"
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
            rest=rest.reason if (rest := parts.rest()) else "",
            rest_until=utc_text(rest.until) if rest and rest.until else None,
            strain=parts.strains.now,
        )

    def _pulse(self) -> Pulse:
        parts = self._parts
        camera, store, board = parts.camera.health(), parts.store.health(), parts.board.health()
        return Pulse(
            frames=self._frames,
            frames_missed=camera.missed,
            sightings=store.rows,
            here_now=parts.decision.open_count,
            queue=store.queued,
            sightings_lost=store.lost,
            camera=camera.state,
            scene=parts.health.trouble or "seen",
            store=store.state,
            board=board.state,
            camera_reopened=camera.reopened,
            board_restarts=board.restarts,
            messages_waiting=parts.office.waiting,
        )

    def status(self) -> str:
        """One line for `systemctl status`, renewed when a count or a state changes."""
        parts = self._parts
        camera, store, board = parts.camera.health(), parts.store.health(), parts.board.health()
        missed = f", {camera.missed // 100 * 100} missed" if camera.missed >= 100 else ""
        stopped = ", no room for photos" if store.photos_stopped else ""
        waiting = f", {waiting} messages wait" if (waiting := parts.office.waiting) >= FEW else ""
        rest, strain = parts.rest(), "".join(f", {kind}" for kind in parts.strains.now)
        until = f" until {rest.until.astimezone():%Y-%m-%d %H:%M}" if rest and rest.until else ""
        resting = f" ({rest.reason}{until})" if rest else ""
        # frames are counted in hundreds, so that the line does not change ten times a second
        return (
            f"camera {camera.state}{resting}, {self._frames // 100 * 100} frames{missed}, "
            f"scene {parts.health.trouble or 'seen'}, {store.rows} sightings, {parts.decision.open_count} here now, "
            f"store {store.state}{stopped}, board {board.state}{waiting}{strain}"
        )
