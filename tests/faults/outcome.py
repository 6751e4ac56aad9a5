"""What came of one kind of fault."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of the table."""

    fault: str
    times: int
    seen: str
    """What was measured."""
    broken: tuple[str, ...] = ()
    """What was demanded and did not hold; empty where all held."""

    def __str__(self) -> str:
        verdict = "held" if not self.broken else f"BROKEN {len(self.broken)} times, first: {self.broken[0]}"
        return f"| {self.fault} | {self.times} | {self.seen} | {verdict} |"
