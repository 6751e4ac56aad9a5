"""Which sightings are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Filter:
    """Which sightings; None means all that are animals. Labels and roles are the current truth: a verdict goes first.

    What later looks or a person found to be no animal is given only where its label or role is asked for.
    """

    since: datetime | None = None
    """Aware; first seen then or later."""
    until: datetime | None = None
    """Aware; first seen before."""
    label: str | None = None
    role: str | None = None
    min_confidence: float | None = None
    limit: int | None = None
    """Only the newest so many."""


def conditions(wanted: Filter) -> tuple[str, list[Any]]:
    """The end of a query on the view `current`, newest first, with its values."""
    pairs = [
        ("first_at >= ?", wanted.since and wanted.since.timestamp()),
        ("first_at < ?", wanted.until and wanted.until.timestamp()),
        ("truth = ?", wanted.label),
        ("truth_role = ?", wanted.role),
        ("truth_role != ?", None if wanted.role or wanted.label else "background"),
        ("confidence >= ?", wanted.min_confidence),
    ]
    used = [(condition, value) for condition, value in pairs if value is not None]
    where = "WHERE " + " AND ".join(condition for condition, _value in used) if used else ""
    values = [value for _condition, value in used]
    if wanted.limit is not None:
        return f"{where} ORDER BY first_at DESC LIMIT ?", [*values, wanted.limit]
    return f"{where} ORDER BY first_at DESC", values
