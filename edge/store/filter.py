"""Which sightings are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Judged = Literal["no", "yes", "agrees", "differs"]
"""Not judged by a person; judged; judged as the machine says; judged as something else."""


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
    judged: Judged | None = None
    max_confidence: float | None = None
    """Less sure than that."""


def conditions(wanted: Filter) -> tuple[str, list[Any]]:
    """The end of a query on the view `current`, newest first, with its values."""
    used = terms(wanted)
    where = "WHERE " + " AND ".join(used) if used else ""
    values = [value for own in used.values() for value in own]
    if wanted.limit is not None:
        return f"{where} ORDER BY first_at DESC LIMIT ?", [*values, wanted.limit]
    return f"{where} ORDER BY first_at DESC", values


def terms(wanted: Filter) -> dict[str, list[Any]]:
    """Each condition that a sighting must meet, with its values; the limit aside."""
    pairs = [
        ("first_at >= ?", wanted.since and wanted.since.timestamp()),
        ("first_at < ?", wanted.until and wanted.until.timestamp()),
        ("truth = ?", wanted.label),
        ("truth_role = ?", wanted.role),
        ("truth_role != ?", None if wanted.role or wanted.label else "background"),
        ("confidence >= ?", wanted.min_confidence),
        ("confidence < ?", wanted.max_confidence),
    ]
    used: dict[str, list[Any]] = {condition: [value] for condition, value in pairs if value is not None}
    if wanted.judged is not None:
        used[JUDGED[wanted.judged]] = []
    return used


JUDGED: dict[Judged, str] = {
    "no": "verdict IS NULL",
    "yes": "verdict IS NOT NULL",
    "agrees": "verdict = label",
    "differs": "verdict != label",
}
