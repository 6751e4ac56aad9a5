"""What the doctor found before the watching began: for the service's status, and blinked for who stands by."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from edge.board.base import Board
from edge.boot import boot_id
from edge.finding import Finding
from edge.settings import Config

log = logging.getLogger(__name__)

FILE = "doctor.json"
OUT_OF_ORDER = 4
"""Fault code: the program, its model, a rule or a mask; the watcher's own codes end with 3 (edge/actions/led.py)."""
ROUNDS = 2
"""Often enough to be counted, short enough that the watching does not wait: 2 to 20 seconds."""
READY_S = 10.0
"""A good board takes 2.5 s."""
LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class FirstLook:
    """The names of what is not well."""

    broken: tuple[str, ...]
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        parts = [
            f"{what} {', '.join(names)}"
            for what, names in (("broken:", self.broken), ("look at:", self.warnings))
            if names
        ]
        return f"doctor {'; '.join(parts)}" if parts else "doctor found all well"


def keep(data: Path, findings: Sequence[Finding]) -> bool:
    """Leaves the outcome for the watcher. True for the first look since the computer was switched on.

    Where it cannot be written, each look counts as the first one.
    """
    names = {state: [one.what for one in findings if one.state == state] for state in ("broken", "warning")}
    known = _read(data).get("boot_id")
    values = {"boot_id": boot_id(), "broken": names["broken"], "warnings": names["warning"]}
    part = data / f"{FILE}.part"
    try:
        part.write_text(json.dumps(values), "utf-8")
        os.replace(part, data / FILE)
    except OSError as error:
        log.warning("what was found cannot be kept error=%s", error)
    return known != values["boot_id"]


def read(data: Path) -> FirstLook | None:
    """None where nobody has looked since the computer was switched on."""
    values = _read(data)
    if values.get("boot_id") != boot_id():
        return None
    broken, warnings = values.get("broken"), values.get("warnings")
    if not isinstance(broken, list) or not isinstance(warnings, list):
        return None
    return FirstLook(tuple(map(str, broken)), tuple(map(str, warnings)))


def code_of(findings: Sequence[Finding]) -> int:
    """The fault to tell first; 0 where nothing is broken."""
    codes = [one.code or OUT_OF_ORDER for one in findings if one.state == "broken"]
    return OUT_OF_ORDER if OUT_OF_ORDER in codes else min(codes, default=0)


def blink(config: Config, findings: Sequence[Finding], open_board: Callable[[Config], Board] | None = None) -> bool:
    """Tells the code on the lamp, twice: one long light, then so many short ones; the long one alone means that all is
    well. False where there is no board that can tell.
    """
    from edge.actions.patterns import Player, code  # late, as all that a broken library may end

    if config.board.kind != "pinpong":
        return False
    player, fault = Player(code(code_of(findings))), code_of(findings)
    rounds = ROUNDS if fault else 1
    with closing((open_board or _board)(config)) as board:
        until = time.monotonic() + READY_S
        while board.health().state == "connecting" and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
        if board.health().state != "ready":
            return False
        while player.rounds < rounds:
            board.write(config.led.pin, player.on)
            time.sleep(LOOK_EVERY_S)
            player.turn(time.monotonic())
        board.write(config.led.pin, False)
    return True


def _board(config: Config) -> Board:
    from edge.board.pinpong import PinpongBoard

    return PinpongBoard(config.board)


def _read(data: Path) -> dict[str, object]:
    try:
        values = json.loads((data / FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
