"""Says on the terminal what happens, as it happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from edge.language import _, current
from edge.model.labels import UNKNOWN, Label
from edge.records import Change, Moment, Sighting


class Commentary:
    """One line per sighting, lamp change and camera change, and a summary at the end."""

    def __init__(self, say: Callable[[str], None], labels: Sequence[Label]) -> None:
        self._say = say
        self._names = {label.key: label.name(current()) for label in labels} | {UNKNOWN: _("unknown animal")}
        self._roles = {"pest": _("pest"), "beneficial": _("beneficial"), "neutral": _("neutral"), "background": "-"}
        self._seen: dict[str, str] = {}
        self._now: Moment | None = None
        self._frames = 0
        self._watched_s = 0.0

    def frame(self, moment: Moment) -> None:
        """A frame was watched."""
        if self._now is not None:
            self._watched_s += moment.tick_s - self._now.tick_s
        self._frames += 1
        self.time(moment)

    def time(self, moment: Moment) -> None:
        """The moment in which all that is told next happens."""
        self._now = moment

    def sightings(self, changes: Sequence[Change]) -> None:
        for change in changes:
            sighting = change.sighting
            before = self._seen.get(sighting.id)
            self._seen[sighting.id] = sighting.label
            if change.kind == "opened":
                self._line(f"+ {self._called(sighting)}")
            elif change.kind == "closed":
                stayed = sighting.last_seen.tick_s - sighting.first_seen.tick_s
                self._line("- " + _("{name} is gone after {stayed:.1f} s").format(
                    name=self._called(sighting), stayed=stayed
                ))  # fmt: skip
            elif before != sighting.label:
                self._line("= " + _("it is {name}").format(name=self._called(sighting)))

    def lamp(self, pin: str, on: bool) -> None:
        self._line(f"{'●' if on else '○'} " + (_("LED {pin} on") if on else _("LED {pin} off")).format(pin=pin))

    def camera(self, detail: str) -> None:
        self._line("! " + _("camera: {detail}").format(detail=detail))

    def summary(self, data: Path) -> None:
        counts = Counter(self._seen.values()).most_common()
        named = ", ".join(f"{count} {self._names.get(key, key)}" for key, count in counts) or _("none")
        self._say("")
        self._say(_("watched {seconds:.0f} s, {frames} frames").format(seconds=self._watched_s, frames=self._frames))
        self._say(_("sightings: {count} ({named})").format(count=len(self._seen), named=named))
        self._say(_("photos: {folder}").format(folder=data / "photos"))
        self._say(_("list them: gardenwatch sightings --data {folder}").format(folder=data))

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
