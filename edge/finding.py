"""What one check of the doctor found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CAMERA_LOST, NOT_RECORDED = 1, 2
"""Two of the lamp's fault codes, here again because the doctor has to run where what the lamp needs is broken."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check."""

    what: str
    state: Literal["ok", "warning", "broken"]
    found: str
    todo: str = ""
    code: int = 0
    """Of the lamp's fault codes, where one of them says it; see edge/actions/led.py."""

    def __str__(self) -> str:
        sign = {"ok": "✓", "warning": "!", "broken": "✗"}[self.state]
        advice = f"\n    → {self.todo}" if self.todo else ""
        return f"{sign} {self.what}: {self.found}{advice}"
