"""Why something was counted, or was not: facts and photo of one sighting or rejection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from edge.language import _, current
from edge.model.labels import UNKNOWN, Label
from edge.records import Receipt
from edge.review.reasons import check_in_words, reason_in_words
from edge.store.filter import Filter
from edge.store.past_rejections import PastRejection
from edge.store.reading import Row, Sightings

NEAR = timedelta(seconds=5)
"""What ended or began so shortly before or after a time is told with it."""


@dataclass(frozen=True, slots=True)
class Story:
    """One thing that was seen, told step by step."""

    id: str
    counted: bool
    title: str
    first_seen: datetime
    last_seen: datetime
    outcome: str
    """One sentence: counted as what, or why not; a second one where the steps seem to say otherwise."""
    steps: tuple[tuple[bool, str], ...]
    """Each test, passed or not, in words."""
    votes: tuple[tuple[str, float], ...]
    """What the looks together say of the animal's label, if it is one; likeliest first."""
    guesses: tuple[dict[str, Any], ...]
    """Single looks: at_s, label (in words), probability, animal, weight."""
    photo: bytes | None
    photo_path: Path | None
    verdict: str | None
    """What a person said, and who."""


class Receipts(Protocol):
    """Who knows why a sighting is one."""

    def receipt(self, id: str) -> Receipt: ...


def of_sighting(record: Receipts, row: Row, data: Path, labels: Mapping[str, Label]) -> Story:
    """Raises StoreError where its receipt is damaged."""
    receipt = record.receipt(row.id)
    path = data / row.photo if row.photo else None
    name, sure = name_of(row.label, labels), f"{row.confidence:.0%}"
    if row.role == "background":
        outcome = _("Taken for an animal at first; later looks said that it is none, so it does not count.")
    else:
        outcome = _counted(row.label, name, sure, receipt.details)
        if any(not check["met"] for check in receipt.details.get("checks", ())):
            outcome += " " + _(
                "When it was counted, it passed every test. The tests below tell how it was last: what has a ✗ got "
                "worse later, such as while it left, and that takes no count back."
            )
    said = _("{name} said: {label}")
    verdict = said.format(name=row.judged_by, label=name_of(row.verdict, labels)) if row.verdict else None
    return Story(
        id=row.id,
        counted=row.role != "background",
        title=name,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        outcome=outcome,
        photo=path.read_bytes() if path and path.is_file() else None,
        photo_path=path,
        verdict=verdict,
        **_from_receipt(receipt.details, receipt.votes, labels),
    )


def of_rejection(one: PastRejection, labels: Mapping[str, Label]) -> Story:
    """The same of what was not counted."""
    reason = reason_in_words(one.reason)
    return Story(
        id=one.id,
        counted=False,
        title=_("not counted: {reason}").format(reason=reason),
        first_seen=one.first_seen,
        last_seen=one.last_seen,
        outcome=_("Not counted: {reason}.").format(reason=reason),
        photo=one.picture,
        photo_path=None,
        verdict=None,
        **_from_receipt(one.receipt.details, one.receipt.votes, labels),
    )


def around(record: Sightings, instant: datetime, data: Path, labels: Mapping[str, Label]) -> list[Story]:
    """All that was seen within seconds of that time, in its order; where there is nothing, what came next to it."""
    span = timedelta(hours=12)
    rows = [
        row
        for role in (None, "background")
        for row in record.rows(Filter(since=instant - span, until=instant + span, role=role))
    ]
    seen: list[Row | PastRejection] = [*rows, *record.rejections()]
    near = [one for one in seen if one.first_seen - NEAR <= instant <= one.last_seen + NEAR]
    if not near and seen:
        near = [min(seen, key=lambda one: _distance(one, instant))]
    stories = [
        of_sighting(record, one, data, labels) if isinstance(one, Row) else of_rejection(one, labels) for one in near
    ]
    return sorted(stories, key=lambda story: story.first_seen)


def _distance(one: Row | PastRejection, instant: datetime) -> timedelta:
    return max(one.first_seen - instant, instant - one.last_seen)


def _counted(key: str, name: str, sure: str, details: dict[str, Any]) -> str:
    """As what, and why; an animal may have no name for two reasons."""
    if key != UNKNOWN:
        text = _("Counted as {name} ({sure} sure): it moved, and the looks at it agree.")
        return text.format(name=name, sure=sure)
    familiarity, needed = details.get("familiarity", 1.0), details.get("strange_below", 0.0)
    if familiarity < needed:
        text = _(
            "Counted as an animal that is like none that the model learned ({familiarity:.1%} familiar; {needed:.1%} is"
            " needed)."
        )
        return text.format(familiarity=familiarity, needed=needed)
    return _("Counted as an animal, but no name fits well enough ({sure} sure of the likeliest).").format(sure=sure)


def name_of(key: str, labels: Mapping[str, Label]) -> str:
    """A label's name in the language in use."""
    if key == UNKNOWN:
        return _("unknown")
    return labels[key].name(current()) if key in labels else key


def _from_receipt(details: dict[str, Any], votes: dict[str, float], labels: Mapping[str, Label]) -> dict[str, Any]:
    """Receipts of older versions lack tests and single looks."""
    checks = details.get("checks", ())
    strictest = {check["name"]: check for check in checks if check["met"]}  # the later of two is the stricter one
    told = [check for check in checks if not check["met"] or check is strictest[check["name"]]]
    return {
        "steps": tuple((bool(check["met"]), check_in_words(check)) for check in told),
        "votes": tuple((name_of(key, labels), float(vote)) for key, vote in votes.items()),
        "guesses": tuple({**one, "label": name_of(one["label"], labels)} for one in details.get("guesses", ())),
    }
