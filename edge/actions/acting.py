"""Does what the lamp's language and the rules ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from edge.actions.led import Condition, Lamp
from edge.actions.photos import Order
from edge.actions.pins import Pins
from edge.actions.rules import Outcome, Rules
from edge.board.base import Board
from edge.records import Change, Moment
from edge.settings import LedSettings
from edge.store.notices import Notice


class Actions:
    """The loop's hand: has no thread and never waits; what lasts goes on with the next turn.

    `tell` is called before the board is written to, so it must not wait either.
    """

    def __init__(
        self,
        board: Board,
        led: LedSettings,
        rules: Rules,
        tell: Callable[[Outcome], None],
        tell_lamp: Callable[[bool, str], None] | None = None,
    ) -> None:
        self.lamp = Lamp(board, led, tell_lamp)
        self.pins = Pins(board, rules.pins)
        self._rules, self._tell = rules, tell
        self._now: Moment | None = None
        self._notices: list[Notice] = []
        self._orders: list[Order] = []

    def act(self, changes: Sequence[Change], now: Moment | None = None) -> None:
        """Answers what was just seen; without `now` in the moment of the last turn."""
        if not changes:
            return
        self.lamp.follow(changes)
        for change in changes:
            for name in self._rules.no_longer(change):
                self.pins.release((name, change.sighting.id))
            for outcome in self._rules.judge(change, now or self._now or change.sighting.decided):
                self._tell(outcome)
                if outcome.held is None:
                    self._do(outcome, now or self._now or change.sighting.decided)

    def take_notices(self) -> list[Notice]:
        """Who is to hear of what was just seen; since the last time this was asked."""
        notices, self._notices = self._notices, []
        return notices

    def take_orders(self) -> list[Order]:
        """The pictures that rules ask for; since the last time this was asked."""
        orders, self._orders = self._orders, []
        return orders

    @property
    def busy(self) -> bool:
        """Whether something a rule began still has to end by itself."""
        return self.pins.busy or self.lamp.is_borrowed

    def turn(self, now: Moment, condition: Condition) -> None:
        """Goes on with patterns and pulses; once in every turn of the loop."""
        self._now = now
        self.lamp.turn(now.tick_s, condition)
        self.pins.turn(now.tick_s)

    def _do(self, outcome: Outcome, now: Moment) -> None:
        wish, cause = outcome.rule.do, (outcome.rule.name, outcome.sighting.id)
        if wish.led is not None:
            self.lamp.play(wish.led, now.tick_s + wish.led_s)
        for action in wish.pins:
            self.pins.do(action, cause)
        self._notices += [Notice(name, outcome.sighting.id, outcome.rule.name) for name in wish.notify]
        if (order := Order.of(wish, outcome.sighting.id)) is not None:
            self._orders.append(order)
