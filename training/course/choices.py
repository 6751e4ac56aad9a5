"""What the lesson's programs begin with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choices:
    """What the programs begin with; whoever reads them may change it there."""

    backbone: str
    weights: str
    epochs: int
    seed: int = 0
