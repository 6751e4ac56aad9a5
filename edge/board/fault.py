"""What can be wrong with a board: how it counts, what a person is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from edge.language import _

Reason = Literal[
    "absent",
    "unlisted",
    "no_permission",
    "no_pinpong",
    "no_gpio",
    "not_this_computer",
    "unknown_board",
    "unknown_pin",
    "wrong_firmware",
    "mute",
    "busy",
    "lost",
    "stuck",
    "crashed",
]

NEEDS_A_PERSON: frozenset[Reason] = frozenset(
    {
        "unlisted",
        "no_permission",
        "no_pinpong",
        "no_gpio",
        "not_this_computer",
        "unknown_board",
        "unknown_pin",
        "wrong_firmware",
    }
)
"""Trying again soon cannot cure these."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, with what is known about it."""

    reason: Reason
    facts: dict[str, str] = field(default_factory=dict)
    """Such as port, found, expected, error; whatever the sentence of that reason needs."""

    @property
    def state(self) -> Literal["backoff", "failed"]:
        return "failed" if self.reason in NEEDS_A_PERSON else "backoff"

    def sentence(self) -> str:
        """Expected, found, what to do; in the user's language."""
        return _sentences()[self.reason].format_map(_Facts(self.facts))


class _Facts(dict[str, str]):
    """A fact nobody knows reads "?", so that a sentence never fails."""

    def __missing__(self, key: str) -> str:
        return "?"


def _sentences() -> dict[Reason, str]:
    return {
        "absent": _("expected board {board} on {port}; found {found}; plug it in, it is looked for every second"),
        "unlisted": _("expected a serial port; found {port}, which is none of {found}; set board.port to one of these"),
        "no_permission": _(
            "expected to open {port}; found {error}; run `sudo usermod -aG dialout $USER`, then log in again"
        ),
        "no_pinpong": _(
            "expected pinpong {expected} and pyserial; found {found}; run `pip install pyserial` and "
            "`pip install --no-deps pinpong=={expected}`"
        ),
        "no_gpio": _("expected RPi.GPIO; found {found}; run `pip install rpi-lgpio`"),
        "not_this_computer": _(
            "expected this computer to be a board {board}; found {found}; set board.name to the board that is there"
        ),
        "unknown_board": _("expected board.name to be one of {expected}; found {found}; change it"),
        "unknown_pin": _("expected a pin that the board can switch; found {pin}; change led.pin ({error})"),
        "wrong_firmware": _(
            "expected pinpong's firmware {expected} on {port}; found {found}; stop Gardenwatch and run any "
            "pinpong program once, which puts its firmware on the board (Gardenwatch never does)"
        ),
        "mute": _(
            "expected an answer of pinpong's firmware on {port}; found {error}; press the board's reset button, "
            "or stop Gardenwatch and run any pinpong program once, which puts its firmware on the board "
            "(other ports: {others})"
        ),
        "busy": _("expected {port} to be free; found it in use; close the other program that uses the board"),
        "lost": _("expected the board to stay on {port}; found {error}; check cable and power"),
        "stuck": _("expected an answer within {seconds} s; found none on {port}; check cable and power"),
        "crashed": _("expected the board's worker to go on; found {error}; it is started again"),
    }
