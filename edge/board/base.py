"""What the daemon asks of any board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

BoardState = Literal["off", "connecting", "ready", "backoff", "failed"]


@dataclass(frozen=True, slots=True)
class BoardHealth:
    """How a board is now.

    `off` no board is configured, `backoff` will be tried again soon, `failed` a person must help.
    """

    state: BoardState
    detail: str
    """For a person: what is wrong, what to do."""
    restarts: int = 0


class Board(Protocol):
    """Digital output pins. No method blocks, none raises: a board never stops or slows the watching."""

    def write(self, pin: str, on: bool) -> None:
        """The wanted level of a pin ("D13"). The last wanted level of each pin wins, and is restored after a replug."""

    def health(self) -> BoardHealth: ...

    def close(self) -> None:
        """All pins low, then let go of the board; ends within two seconds."""
