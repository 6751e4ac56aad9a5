"""All sightings, newest first, as photos; with filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, get_args

from flask import Blueprint, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from edge.language import _
from edge.model.labels import UNKNOWN, Role
from edge.review.listing import roles
from edge.review.web import words
from edge.review.web.garden import album, chosen_garden, garden, garden_names, now
from edge.review.web.keys import buttons
from edge.store.filter import Filter, Judged
from edge.store.search import Mark

PAGE = 48
"""Photos on one page: divides by 2, 3, 4 and 6 columns."""

view = Blueprint("gallery", __name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the visitor asked for, as it stands in the address; what is no choice is left out."""

    label: str = ""
    role: str = ""
    since: str = ""
    until: str = ""
    sure: str = ""
    judged: str = ""
    garden: str = ""

    @classmethod
    def of(cls, given: MultiDict[str, str]) -> Choice:
        """Whatever the address says; nonsense counts as nothing."""
        label = given.get("label", "")
        return cls(
            label=label if label.isprintable() and len(label) <= 64 else "",
            role=_one_of(given.get("role", ""), get_args(Role)),
            since=_day(given.get("since", "")),
            until=_day(given.get("until", "")),
            sure=_one_of(given.get("sure", ""), tuple(SURE)),
            judged=_one_of(given.get("judged", ""), get_args(Judged)),
            garden=chosen_garden(),
        )

    def filter(self, at: datetime) -> Filter:
        """Days are the site's; the last one is meant with all its hours."""
        least, most = SURE.get(self.sure, (None, None))
        return Filter(
            since=_midnight(self.since, at, 0) if self.since else None,
            until=_midnight(self.until, at, 1) if self.until else None,
            label=self.label or None,
            role=self.role or None,
            min_confidence=least,
            max_confidence=most,
            judged=self.judged or None,  # type: ignore[arg-type]
        )

    def given(self) -> dict[str, Any]:
        """Only what was chosen, for an address."""
        pairs = {key: getattr(self, key) for key in self.__slots__}
        return {key: value for key, value in pairs.items() if value}


SURE: dict[str, tuple[float | None, float | None]] = {
    "high": (0.9, None),
    "middle": (0.6, 0.9),
    "low": (None, 0.6),
}
"""How sure the machine was, from and below."""


@view.get("/gallery")
def gallery() -> str:
    """One page of it."""
    choice, at = Choice.of(request.args), now()
    page = album().page(choice.filter(at), PAGE, Mark.parse(request.args.get("after", "")))
    more = url_for("gallery.gallery", **choice.given(), after=str(page.next)) if page.next else None
    return render_template(
        "gallery.html",
        choice=choice,
        page=page,
        more=more,
        begins="after" not in request.args,
        now=at,
        labels=labels_to_choose(),
        roles=get_args(Role),
        gardens=garden_names(),
        buttons=buttons(),
        filter_in_words=in_words,
    )


def in_words(choice: Choice) -> list[str]:
    """What was asked for, as a person says it."""
    if choice.since == choice.until:
        days = [choice.since]
    else:
        days = [
            _("from {day}").format(day=choice.since) if choice.since else "",
            _("until {day}").format(day=choice.until) if choice.until else "",
        ]
    said = [
        garden().names.get(choice.garden, choice.garden),
        words.name(choice.label) if choice.label else "",
        roles().get(choice.role, ""),
        *days,
        words.sure_in_words().get(choice.sure, ""),
        words.judged_in_words().get(choice.judged, ""),
    ]
    return [text for text in said if text]


def labels_to_choose() -> list[str]:
    """All that can be asked for: those of the model first, then others that occur."""
    known = [*garden().labels, UNKNOWN, "background"]
    return list(dict.fromkeys([*known, *album().labels_seen()]))


def _one_of(text: str, choices: tuple[str, ...]) -> str:
    return text if text in choices else ""


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else ""
    except ValueError:
        return ""


def _midnight(text: str, at: datetime, days: int) -> datetime | None:
    """None for a day at the end of the calendar."""
    try:
        midnight = datetime.combine(date.fromisoformat(text) + timedelta(days=days), time(), at.tzinfo)
        midnight.timestamp()
    except (ValueError, OverflowError):
        return None
    return midnight
