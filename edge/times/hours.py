"""The hours in which is watched, by the site's clock or by its sun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edge.errors import ConfigError
from edge.language import _
from edge.settings import SiteSettings
from edge.times.settings import SPAN

if TYPE_CHECKING:
    from edge.times.sun import Event, Sun

USUAL: dict[Event, int] = {"dawn": 330, "sunrise": 360, "sunset": 1080, "dusk": 1110}
"""Minutes of the day. They decide whether a span leads over midnight, whatever the season makes of it."""
DAY = timedelta(days=1)
LOOK_AHEAD = 400
"""Days: a polar night ends within a year."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a span: an hour of the clock, or the sun's with a shift."""

    event: Event | None
    minutes: int
    """Of the day, or from the event."""

    @classmethod
    def parse(cls, text: str) -> End:
        for event in USUAL:
            if text.startswith(event):
                return cls(event, int(text.removeprefix(event) or 0))
        hour, minute = text.split(":")
        return cls(None, 60 * int(hour) + int(minute))

    @property
    def usual(self) -> int:
        return self.minutes + (USUAL[self.event] if self.event else 0)


class Hours:
    """Spans of every day. All of them are asked as instants, so that a change of summer time, or a jump of the clock,
    needs nothing of its own."""

    def __init__(self, spans: Sequence[str], site: SiteSettings) -> None:
        """Raises ConfigError where the sun is asked for and nobody has said where the site is."""
        found = [SPAN.fullmatch(text) for text in spans]
        self._spans = [(End.parse(one[1]), End.parse(one[2])) for one in found if one]
        self._zone = ZoneInfo(site.timezone) if site.timezone else None
        self._sun: Sun | None = None
        if any(end.event for span in self._spans for end in span):
            missing = [key for key in ("latitude", "longitude") if getattr(site, key) is None]
            if site.latitude is None or site.longitude is None:
                raise ConfigError(
                    _("where the garden is, for the sun in times.watch"),
                    _("no {keys}").format(keys=", ".join(f"site.{key}" for key in missing)),
                    _("write the site's latitude and longitude into the configuration, or hours of the clock"),
                )
            from edge.times.sun import Sun  # late: few gardens ask for the sun

            self._sun = Sun(site.latitude, site.longitude)
        self._known: dict[date, list[tuple[datetime, datetime]]] = {}

    def include(self, wall: datetime) -> bool:
        """Whether is watched at that instant; always, where no hours were given."""
        return not self._spans or any(start <= wall < end for start, end in self._near(wall))

    def next_start(self, wall: datetime) -> datetime | None:
        """When it begins after that instant; None where it does not within a year."""
        day = self._day(wall)
        for number in range(-1, LOOK_AHEAD):
            later = [start for start, end in self._of(day + number * DAY) if start > wall and end > start]
            if later:
                return min(later)
        return None

    def on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The spans that begin on that day, as instants; without those that are empty on it."""
        return [(start, end) for start, end in self._of(day) if start < end]

    def clock(self, wall: datetime) -> datetime:
        """That instant as the site's clock shows it."""
        return wall.astimezone(self._zone) if self._zone else wall.astimezone()

    def _near(self, wall: datetime) -> list[tuple[datetime, datetime]]:
        day = self._day(wall)
        return [span for one in (day - DAY, day, day + DAY) for span in self._of(one)]

    def _of(self, day: date) -> list[tuple[datetime, datetime]]:
        if day not in self._known:
            if len(self._known) > 8:  # some days around now
                self._known.clear()
            self._known[day] = [
                (self._at(first, day), self._at(last, day + DAY if last.usual <= first.usual else day))
                for first, last in self._spans
            ]
        return self._known[day]

    def _at(self, end: End, day: date) -> datetime:
        if end.event is None:
            return self._instant(day, time(end.minutes // 60, end.minutes % 60))
        assert self._sun is not None
        return self._sun.at(end.event, day, self._instant) + timedelta(minutes=end.minutes)

    def _day(self, wall: datetime) -> date:
        return self.clock(wall).date()

    def _instant(self, day: date, hour: time) -> datetime:
        """An hour that the clock skips in spring is an hour later, one that comes twice in autumn the first."""
        local = datetime.combine(day, hour)
        return (local.replace(tzinfo=self._zone) if self._zone else local).astimezone(UTC)
