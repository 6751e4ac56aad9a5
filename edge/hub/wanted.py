"""Which sightings are wanted, in PostgreSQL's words."""

from __future__ import annotations

from typing import Any

from edge.store.filter import JUDGED, Filter


def scope(garden: str | None) -> tuple[str, list[Any]]:
    """Those of one garden, or all."""
    return ("true", []) if garden is None else ("garden = %s", [garden])


def conditions(wanted: Filter, garden: str | None) -> tuple[str, list[Any]]:
    """As `edge.store.filter.terms`, of the table `s`; the limit is the caller's."""
    pairs: list[tuple[str, Any]] = [
        ("s.garden = %s", garden),
        ("s.first_seen >= %s", wanted.since),
        ("s.first_seen < %s", wanted.until),
        ("s.truth = %s", wanted.label),
        ("s.truth_role = %s", wanted.role),
        ("s.truth_role != %s", None if wanted.role or wanted.label else "background"),
        ("s.confidence >= %s", wanted.min_confidence),
        ("s.confidence < %s", wanted.max_confidence),
    ]
    used = [(term, value) for term, value in pairs if value is not None]
    words = [term for term, _value in used] + ([] if wanted.judged is None else [f"s.{JUDGED[wanted.judged]}"])
    return " AND ".join(words) or "true", [value for _term, value in used]
