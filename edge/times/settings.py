"""The configuration of the times of watching."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from edge.typed_values import Positive, Settings

_END = r"(?:(?:[01]\d|2[0-3]):[0-5]\d|(?:dawn|sunrise|sunset|dusk)(?:[+-]\d{1,3})?)"
SPAN = re.compile(rf"({_END}) to ({_END})")


def _is_span(text: str) -> str:
    found = SPAN.fullmatch(text)
    if not found or found[1] == found[2]:
        raise PydanticCustomError("span", "no span")
    return text


Span = Annotated[str, AfterValidator(_is_span)]
"""From-to, by the site's clock or the sun, which may be shifted by minutes: `06:00 to 20:00`, `sunrise-30 to 12:00`."""


class DutySettings(Settings):
    """Some minutes of every so many, where batteries have to last."""

    watch_minutes: Positive = 5.0
    every_minutes: Positive = 20.0

    @model_validator(mode="after")
    def _leaves_time_to_rest(self) -> Self:
        if self.watch_minutes >= self.every_minutes:
            raise PydanticCustomError("duty", "no rest")
        return self


class TimesSettings(Settings):
    """When a live camera is watched. A film is always watched as a whole."""

    watch: list[Span] = Field(default_factory=list)
    """Empty: day and night."""
    duty: DutySettings | None = None
    """None: without a rest."""
