"""The buttons with which a person judges, each with its key."""

from __future__ import annotations

from dataclasses import dataclass

from edge.model.labels import UNKNOWN
from edge.review.web.garden import garden

KEYS = "1234567890qwertyiop"
"""In the order of the model's classes; the letters after p stay free for what the page itself does."""


@dataclass(frozen=True, slots=True)
class Button:
    """One class."""

    label: str
    role: str
    key: str
    """Empty where there are more classes than keys."""


def buttons() -> list[Button]:
    """Animals in the model's order, then unknown and no animal."""
    animals = [label for label in garden().labels.values() if label.role != "background"]
    keys = KEYS.ljust(len(animals))
    found = [Button(label.key, label.role, key.strip()) for label, key in zip(animals, keys, strict=False)]
    return [*found, Button(UNKNOWN, "unknown", "u"), Button("background", "background", "x")]
