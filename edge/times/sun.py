"""Where the sun is at the site: dawn, sunrise, sunset, dusk, also where it does not rise or set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from astral import Observer, sun

Event = Literal["dawn", "sunrise", "sunset", "dusk"]
Localise = Callable[[date, time], datetime]
"""That hour of that day on the site's clock, as an instant."""

RISING = ("dawn", "sunrise")
HEIGHT_DEG: dict[Event, float] = {"dawn": -6.0, "sunrise": -0.833, "sunset": -0.833, "dusk": -6.0}
"""Of the sun's centre: civil twilight; its upper edge on the horizon with the usual refraction. As astral has it."""
HALF_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Sun:
    """The sun of one place."""

    latitude: float
    longitude: float

    def at(self, event: Event, day: date, localise: Localise) -> datetime:
        """When it comes on the site's day, which is the one around that day's noon of the sun.

        Where the sun stays above that height, it has risen when the day begins and sets when it ends. Where it stays
        below, both are at noon: no time is left between them.
        """
        observer = Observer(self.latitude, self.longitude)
        noon = sun.noon(observer, day, tzinfo=UTC)
        for near in (day - timedelta(days=1), day, day + timedelta(days=1)):
            try:
                found: datetime = getattr(sun, event)(observer, near, tzinfo=UTC)
            except ValueError:  # astral's way to say that it does not come
                continue
            before = noon - found if event in RISING else found - noon
            if timedelta(0) <= before <= HALF_DAY:
                return found
        if sun.elevation(observer, noon) <= HEIGHT_DEG[event]:
            return noon
        return localise(day, time()) if event in RISING else localise(day + timedelta(days=1), time())
