"""Why the worker gives a board up."""

from __future__ import annotations

from edge.board.fault import Reason


class Unusable(Exception):
    """The board cannot be used, or no longer: the reason and the facts of an edge.board.fault.Fault."""

    def __init__(self, reason: Reason, **facts: str) -> None:
        super().__init__(reason)
        self.reason, self.facts = reason, facts
