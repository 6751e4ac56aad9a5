"""Visits for rules to judge, and a hand with a board that remembers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from edge.actions.acting import Actions
from edge.actions.led import Condition
from edge.actions.rules import Rules
from edge.actions.settings import RuleSettings
from edge.actions.trial import Trial
from edge.board.fake import FakeBoard
from edge.model.labels import Role
from edge.records import Box, Change, ChangeKind, Moment, Receipt, Sighting
from edge.settings import LedSettings

NOON = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
"""In Shanghai; second 0 of the tales."""
SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(second: float) -> Moment:
    return Moment(NOON + timedelta(seconds=second), 1000 + second, None)


class Garden:
    """A hand under these rules; `visit` lets something come, `pass_s` lets time pass in turns of a quarter second."""

    def __init__(self, *rules: dict[str, Any], led: LedSettings | None = None) -> None:
        self.now_s = self._shift_s = 0.0
        self.said: list[str] = []
        self.board = FakeBoard(clock=lambda: self.now_s)
        settings = [RuleSettings.model_validate(rule) for rule in rules]
        judge = Rules(settings, lambda wall: wall.astimezone(SHANGHAI))
        self.actions = Actions(self.board, led or LedSettings(), judge, Trial(settings).told_to(self.said.append))
        self._count = 0

    def comes(self, label: str, role: Role = "neutral", confidence: float = 0.9, at_s: float | None = None) -> Sighting:
        if at_s is not None:
            self.pass_s(at_s - self.now_s)
        now = self.now()
        self._count += 1
        receipt = Receipt(3, {label: confidence}, "3 looks")
        sighting = Sighting(str(self._count), now, now, now, label, role, confidence, Box(0, 0, 9, 9), now, receipt)
        self.tell("opened", sighting)
        return sighting

    def visit(self, label: str, role: Role = "neutral", confidence: float = 0.9, at_s: float | None = None) -> None:
        """Comes, and goes at once."""
        self.tell("closed", self.comes(label, role, confidence, at_s))

    def set_clock(self, shift_s: float) -> None:
        """It shows another time from now on; ticks go on."""
        self._shift_s = shift_s

    def now(self) -> Moment:
        now = moment(self.now_s)
        return Moment(now.wall + timedelta(seconds=self._shift_s), now.tick_s, None)

    def tell(self, kind: ChangeKind, sighting: Sighting) -> None:
        self.actions.act([Change(kind, sighting)], self.now())

    def pass_s(self, seconds: float) -> None:
        """A long time passes in a few large steps after the first ten seconds."""
        until = self.now_s + seconds
        while self.now_s < until:
            self.now_s = min(until, self.now_s + (0.25 if until - self.now_s < 30 else 10))
            self.actions.turn(self.now(), Condition())

    def levels(self, pin: str) -> list[tuple[float, bool]]:
        """When that pin changed to which level."""
        return [(change.tick_s, change.on) for change in self.board.changes if change.pin == pin]

    def fired(self) -> int:
        return sum("held back" not in line for line in self.said)


def at(hour: int, minute: int = 0) -> float:
    """Seconds of the tales until that time of the first day."""
    return (hour - 12) * 3600 + minute * 60


def highs(levels: Iterable[tuple[float, bool]]) -> list[float]:
    return [second for second, on in levels if on]
