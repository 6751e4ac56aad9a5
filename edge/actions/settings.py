"""The configuration of rules: when what is seen is answered, and how."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictBool, StrictFloat, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from edge.actions.patterns import PatternName
from edge.model.labels import Role
from edge.telling.settings import AddressName
from edge.typed_values import Fraction, Positive, Settings

PIN = r"^D\d{1,2}$"
_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")


def _are_hours(text: str) -> str:
    if not _HOURS.fullmatch(text) or text[:5] == text[6:]:
        raise PydanticCustomError("hours", "no hours")
    return text


Hours = Annotated[str, AfterValidator(_are_hours)]
"""From-to on the site's clock, such as 06:00-20:00; over midnight where the end is the smaller."""


class WhenSettings(Settings):
    """What must be seen. Each key that is left out asks for nothing."""

    labels: list[str] = Field(default_factory=list)
    """One of these."""
    roles: list[Role] = Field(default_factory=list)
    """One of these."""
    min_confidence: Fraction = 0.0
    hours: Hours | None = None
    first_of_day: StrictBool = False
    """Only the first visit of each label on a day of the site."""
    count: StrictInt = Field(1, ge=1, le=1000)
    """Only when so many such visits have begun within `within_s`; then counting begins anew."""
    within_s: Positive = 3600.0


class PinSettings(Settings):
    """What one pin does. Words of electronics, because YAML takes a bare `on` for `true`."""

    pin: str = Field(pattern=PIN)
    level: Literal["pulse", "while_here", "high", "low"] = "pulse"
    """`pulse`: high for some seconds. `while_here`: high until the animal is gone. `high` and `low` stay so."""
    seconds: Annotated[StrictFloat, Field(gt=0, le=3600)] = 1.0
    """Of one pulse, and of the pause before the next. The loop turns at least four times a second, so that a pulse may
    last a quarter of a second longer."""
    times: StrictInt = Field(1, ge=1, le=100)


class DoSettings(Settings):
    """What happens; several things at once."""

    led: PatternName | None = None
    """How the lamp shines, whatever else it would say."""
    led_s: Positive = 10.0
    pins: list[PinSettings] = Field(default_factory=list)
    notify: list[AddressName] = Field(default_factory=list)
    """Of `notify.to`: who gets a message."""
    photo: StrictBool = False
    """A photo of the animal at this moment, beside its best."""
    burst: Annotated[StrictInt, Field(ge=2, le=12)] | None = None
    """So many, the first at once; the visit may be over before the last."""
    burst_every_s: Positive = 1.0
    full_frame: StrictBool = False
    """The whole picture at this moment; only where privacy.full_frames allows it."""

    @property
    def takes_photos(self) -> bool:
        return self.photo or self.burst is not None or self.full_frame

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.led is None and not (self.pins or self.notify or self.takes_photos):
            raise PydanticCustomError("nothing_to_do", "nothing")
        return self


class RuleSettings(Settings):
    """One rule. A visit is asked once: when it first meets `when`."""

    name: Annotated[str, Field(min_length=1)]
    when: WhenSettings = WhenSettings()
    do: DoSettings
    cooldown_s: Annotated[StrictFloat, Field(ge=0)] = 60.0
    """Least time from one firing to the next; a minute, so that a flock does not set off a siren for each bird."""
    quiet: Hours | None = None
    """Hours of the site's clock in which it never fires."""
    per_day: Annotated[StrictInt, Field(ge=1)] | None = None
    """Most firings on one day of the site."""


def refuse_misfits(rules: Sequence[RuleSettings], lamp: str | None, full_frames: bool) -> None:
    """Two rules of one name could not be told apart, the lamp's pin belongs to the lamp, and whole pictures are kept
    only where the file allows it."""
    for number, rule in enumerate(rules):
        if rule.name in [other.name for other in rules[:number]]:
            raise PydanticCustomError("rule_name", "twice", {"found": f"{rule.name} twice"})
        if lamp in [action.pin for action in rule.do.pins]:
            raise PydanticCustomError("lamp_pin", "the lamp's", {"found": f"{rule.name}: {lamp}"})
        if rule.do.full_frame and not full_frames:
            raise PydanticCustomError("full_frame", "not allowed", {"found": f"{rule.name}: full_frame"})
