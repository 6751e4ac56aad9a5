"""A point in time as people type it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from edge.errors import UsageError
from edge.language import _

_AGO = re.compile(r"(\d{1,6})\s*(min|h|d|w)")
_UNITS = {"min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def since(text: str, now: datetime) -> datetime:
    """ISO date or time, `today`, `yesterday`, `90min`, `2h`, `3d`, `1w`; a day means its beginning.

    `now` is aware, in the site's zone; times without an offset are meant there. Raises UsageError.
    """
    return _parse(text.strip(), now, whole_day=timedelta(0))


def until(text: str, now: datetime) -> datetime:
    """As `since`; but a day is meant with all its hours, so it is the beginning of the next."""
    return _parse(text.strip(), now, whole_day=timedelta(days=1))


def filmed(text: str | None) -> datetime | None:
    """When a film can have been made; None where nothing was typed. Raises UsageError."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.astimezone()).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        moment = None
    if moment is None or not FIRST_FILM <= moment.year < NO_FILM_YET:
        expected = _("a time like 2026-05-01T08:00+08:00 after --start")
        raise UsageError(expected, repr(text), _("type it in this form"))
    return moment


FIRST_FILM, NO_FILM_YET = 1888, 2200
"""Years; beyond them the calendar's arithmetic overflows sooner or later."""


def _parse(text: str, now: datetime, whole_day: timedelta) -> datetime:
    try:
        if ago := _AGO.fullmatch(text.lower()):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        if (day := _day(text.lower(), now)) is not None:
            return datetime.combine(day + whole_day, time(), now.tzinfo)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            _("a time such as 2026-05-01, 2026-05-01T14:30, today, yesterday, 2h or 3d"),
            repr(text),
            _("type one of these forms"),
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def _day(text: str, now: datetime) -> date | None:
    if text in ("today", "yesterday"):
        return now.date() - timedelta(days=int(text == "yesterday"))
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
