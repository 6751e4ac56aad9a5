"""The classes of a model, as records and people call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

UNKNOWN = "unknown"
"""The honest answer when no label fits; never a label of a model."""

Role = Literal["pest", "beneficial", "neutral", "background"]


@dataclass(frozen=True, slots=True)
class Label:
    """One class: the key that records keep, the names that people read, the role that rules ask for."""

    key: str
    english: str
    chinese: str
    scientific_name: str = ""
    rank: str = ""
    role: Role = "neutral"

    def name(self, language: str) -> str:
        """The name to show; `language` is "en" or "zh_CN"."""
        return self.chinese if language.startswith("zh") and self.chinese else self.english
