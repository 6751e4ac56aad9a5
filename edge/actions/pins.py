"""The pins that rules switch: pulses, levels that stay, levels that hold while an animal is there."""

from __future__ import annotations

from edge.actions.patterns import Player
from edge.actions.settings import PinSettings
from edge.board.base import Board

Cause = tuple[str, str]
"""The rule's name, the sighting's id."""


class Pins:
    """Low at the start. What was asked last of a pin wins, but `while_here` of two animals ends with the second."""

    def __init__(self, board: Board, pins: set[str]) -> None:
        self._board = board
        self._high = dict.fromkeys(sorted(pins), False)
        self._stays: set[str] = set()
        self._held: dict[str, set[Cause]] = {}
        self._pulses: dict[str, tuple[Player, int]] = {}
        for pin in self._high:
            board.write(pin, False)

    @property
    def busy(self) -> bool:
        """Whether a pulse still has to end."""
        return bool(self._pulses)

    def do(self, action: PinSettings, cause: Cause) -> None:
        pin = action.pin
        match action.level:
            case "pulse":
                steps = ((True, action.seconds), (False, action.seconds))
                self._pulses[pin] = Player(steps), action.times
            case "while_here":
                self._held.setdefault(pin, set()).add(cause)
            case "high":
                self._stays.add(pin)
            case "low":
                self._stays.discard(pin)
                self._held.pop(pin, None)
                self._pulses.pop(pin, None)
        self._set(pin)

    def release(self, cause: Cause) -> None:
        """That animal is gone, or is no longer what the rule asks for."""
        for pin, causes in self._held.items():
            causes.discard(cause)
            self._set(pin)

    def turn(self, tick_s: float) -> None:
        """Steps through the pulses."""
        for pin, (player, times) in list(self._pulses.items()):
            player.turn(tick_s)
            if not player.on and player.rounds == times - 1:  # the pause after the last pulse is nobody's
                del self._pulses[pin]
            self._set(pin)

    def _set(self, pin: str) -> None:
        pulse = self._pulses.get(pin)
        high = pin in self._stays or bool(self._held.get(pin)) or (pulse is not None and pulse[0].on)
        if high != self._high[pin]:
            self._high[pin] = high
            self._board.write(pin, high)
