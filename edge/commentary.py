"""Says on the terminal what happens, as it happens."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from edge.camera.base import CameraHealth
from edge.language import _, _n, current
from edge.model.labels import UNKNOWN, Label
from edge.records import Change, Frame, Moment, Sighting
from edge.times.rest import Rest


class Commentary:
    """One line per sighting, lamp change and camera change, and a summary at the end."""

    def __init__(self, say: Callable[[str], None], labels: Sequence[Label]) -> None:
        self._say = say
        self._names = {label.key: label.name(current()) for label in labels} | {UNKNOWN: _("unknown animal")}
        self._roles = {"pest": _("pest"), "beneficial": _("beneficial"), "neutral": _("neutral"), "background": "-"}
        self._open: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._lamp: list[str] = []
        self._now: Moment | None = None
        self._frames = 0
        self._watched_s = 0.0

    def frame(self, frame: Frame) -> None:
        """A frame was watched, and with it those passed over since the one before."""
        if self._now is not None:
            self._watched_s += frame.moment.tick_s - self._now.tick_s
        self._frames = frame.index + 1
        self.time(frame.moment)

    def time(self, moment: Moment) -> None:
        """The moment in which all that is told next happens."""
        self._now = moment

    def tell(self, changes: Sequence[Change]) -> None:
        """What was seen, then what the lamp did about it."""
        for change in changes:
            self._tell_one(change)
        for line in self._lamp:
            self._line(line)
        self._lamp.clear()

    def lamp(self, pin: str, on: bool, what: str = "") -> None:
        """What it begins to show; `what` is told of a pattern. Kept until the next `tell`, so that the cause is told
        before the effect."""
        text = _("LED {pin} on") if on else _("LED {pin} off")
        self._lamp.append(
            f"{'●' if on else '○'} " + (_("LED {pin}: {what}") if what else text).format(pin=pin, what=what)
        )

    def pin(self, pin: str, on: bool) -> None:
        """The same of a pin that is not the lamp's."""
        self._lamp.append(f"{'●' if on else '○'} " + (_("{pin} on") if on else _("{pin} off")).format(pin=pin))

    def rule(self, text: str) -> None:
        """What a rule did; kept as the lamp is."""
        self._lamp.append("→ " + text)

    def camera(self, health: CameraHealth) -> None:
        state = {"open": _("open"), "lost": _("lost")}.get(health.state, _("ended"))
        self._line("! " + _("camera: {state}: {detail}").format(state=state, detail=health.detail))

    def scene(self, trouble: str | None) -> None:
        """Why nothing can be seen, with what to do; None: it can again."""
        words = {
            None: _("the scene can be seen again"),
            "dark": _("too dark to see anything; it goes on by itself in the light"),
            "overexposed": _("too bright to see anything; shade the camera, or lower its exposure"),
            "frozen": _("the camera sends the same picture again and again; restart it"),
            "covered": _("something covers the lens; take it away"),
            "blurred": _("nothing is sharp; wipe the lens, or focus it"),
            "moved": _("the camera was moved; the scene is learned anew"),
        }
        self._line("! " + words[trouble])

    def rest(self, rest: Rest | None) -> None:
        """Why nobody watches from now on; None: somebody does again."""
        if rest is None:
            self._line("! " + _("watching again"))
            return
        until = _("until {time:%Y-%m-%d %H:%M}").format(time=rest.until.astimezone()) if rest.until else ""
        words = {
            "paused": _("paused: the camera is closed"),
            "off_hours": _("outside the hours of watching: the camera is closed"),
            "duty_cycle": _("at rest, to save power: the camera is closed"),
        }
        self._line("! " + " ".join([words[rest.reason], until]).strip())

    def strain(self, kinds: Sequence[str]) -> None:
        """What ails the computer; nothing: it is over."""
        words = {
            "under_voltage": _("the computer gets too little voltage"),
            "throttled": _("the computer slows itself down"),
            "hot": _("the computer is too hot"),
        }
        self._line("! " + ("; ".join(words[kind] for kind in kinds) or _("power and heat are well again")))

    def no_pictures(self) -> None:
        """Mode `frame` would keep whole pictures, and nobody has allowed that."""
        self._line(
            "! " + _("no photos are kept: in mode frame they are whole pictures; privacy.full_frames allows them")
        )

    def summary(self, data: Path, withheld: int = 0) -> None:
        """The end: what was seen in all, what was withheld for privacy, and where it is."""
        self.tell(())
        named = ", ".join(f"{count} {self._names.get(key, key)}" for key, count in self._counts.most_common())
        total = self._counts.total()
        self._say("")
        self._say(
            _n(
                "watched {seconds:.0f} s, {frames} frame", "watched {seconds:.0f} s, {frames} frames", self._frames
            ).format(seconds=self._watched_s, frames=self._frames)
        )
        self._say(_("sightings: {count} ({named})").format(count=total, named=named or _("none")))
        if withheld:
            self._say(_("withheld, because a person may be on the picture: {count}").format(count=withheld))
        self._say(_("photos: {folder}").format(folder=data / "photos"))
        self._say(_("list them: {program} sightings --data {folder}").format(program=_program(), folder=data))

    def _tell_one(self, change: Change) -> None:
        sighting, name = change.sighting, self._called(change.sighting)
        if change.kind == "opened":
            self._open[sighting.id] = sighting.label
            self._line(f"+ {name}")
        elif change.kind == "closed":
            self._open.pop(sighting.id, None)
            if sighting.role == "background":
                self._line("- " + _("it was no animal"))
                return
            self._counts[sighting.label] += 1
            stayed = sighting.last_seen.tick_s - sighting.first_seen.tick_s
            self._line("- " + _("{name} is gone after {stayed:.1f} s").format(name=name, stayed=stayed))
        elif self._open.get(sighting.id) != sighting.label:
            self._open[sighting.id] = sighting.label
            self._line("= " + _("it is {name}").format(name=name))

    def _called(self, sighting: Sighting) -> str:
        name = self._names.get(sighting.label, sighting.label)
        return f"{name} ({self._roles[sighting.role]}) {sighting.confidence:.0%}"

    def _line(self, text: str) -> None:
        if self._now is None:
            when = " " * 8
        elif self._now.source_s is not None:
            when = f"{self._now.source_s:6.1f} s"
        else:
            when = f"{self._now.wall.astimezone():%H:%M:%S}"
        self._say(f"{when}  {text}")


def _program() -> str:
    """How this program can be typed again: by its name where that is found, else by its path."""
    typed = sys.argv[0]
    return typed if Path(typed).stem == "gardenwatch" and shutil.which("gardenwatch") is None else "gardenwatch"
