"""What one check of the doctor found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check."""

    what: str
    state: Literal["ok", "warning", "broken"]
    found: str
    todo: str = ""

    def __str__(self) -> str:
        sign = {"ok": "✓", "warning": "!", "broken": "✗"}[self.state]
        advice = f"\n    → {self.todo}" if self.todo else ""
        return f"{sign} {self.what}: {self.found}{advice}"
