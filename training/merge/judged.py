"""Tells when a person judged a photo, as a manifest says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from training.language import _

COLUMNS = ("judged_by", "judged_at")
NEVER = 0.0
_OF_A_SPREADSHEET = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
"""With the year first: of 3/2/2026 nobody knows whether it is in February or in March."""


def judged_at(row: Mapping[str, str]) -> float | None:
    """In seconds since 1970; NEVER where the row says nothing, None where it cannot be read."""
    text = (row.get("judged_at") or "").strip()
    if not text:
        return NEVER
    try:
        numbers = _OF_A_SPREADSHEET.fullmatch(text)
        if numbers:
            return datetime(*(int(number) for number in numbers.groups("0"))).timestamp()  # type: ignore[arg-type]
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):  # the last two for years that the computer's clock does not know
        return None


def unread(row: Mapping[str, str]) -> str:
    """What to tell where `judged_at` is None."""
    text = _("judged_at cannot be read: {found}; write it as 2026-03-02 10:00")
    return text.format(found=row.get("judged_at"))


def judgement(row: Mapping[str, str]) -> dict[str, str]:
    """Who judged, and when."""
    return {name: row.get(name) or "" for name in COLUMNS}
