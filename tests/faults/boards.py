"""An emulated Uno that is pulled out, mute, talks rubbish, or takes no more bytes, and is well again."""

from __future__ import annotations

import os
import random
import threading
import time
from contextlib import closing
from pathlib import Path

from edge.board.pinpong import PinpongBoard
from edge.board.talk import Patience
from edge.settings import BoardSettings
from tests.faults.flat import grown, size
from tests.faults.outcome import Outcome
from tests.rigs.uno import EmulatedUno, environment

AT_ONCE = 4
"""Boards side by side: each connection takes pinpong two seconds."""
RIGHT_S = 5.0
"""Within so long of its return the lamp must show what is wanted."""
NOTICED_S = 20.0
WELL_S = 15.0
WAYS = ("pulled out", "mute", "garbage", "blocked")


def boards(times: int, folder: Path, seed: int = 6) -> Outcome:
    """Each board goes through its share, every way in turn; the lamp is switched while the board is away."""
    broken, took = list[str](), list[float]()
    unos = [EmulatedUno(folder, name=f"ttyACM{number}") for number in range(AT_ONCE)]
    kept = dict(os.environ)
    os.environ.update(environment(*unos))
    before = size()
    try:
        threads = [
            threading.Thread(target=_lead, args=(uno, number, times, random.Random(seed + number), took, broken))
            for number, uno in enumerate(unos)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        for uno in unos:
            uno.unplug()
        os.environ.clear()
        os.environ.update(kept)
    broken += grown(before, size(), handles=AT_ONCE)
    slow = sorted(took)[-1:] or [0.0]
    seen = f"lamp right {_median(took):.1f} s (median), {slow[0]:.1f} s (longest) after the return; {size()} at the end"
    return Outcome("board lost and back, mute, garbage, blocked", times, seen, tuple(broken))


def _lead(
    uno: EmulatedUno, first: int, times: int, chance: random.Random, took: list[float], broken: list[str]
) -> None:
    """The pause before each attempt is a second where a board was well for a minute; here for a moment is enough."""
    patience = Patience(ping_s=0.5, settled_s=0.0)
    with closing(PinpongBoard(BoardSettings(kind="pinpong", port=str(uno.path)), patience)) as board:
        for number in range(first, times, AT_ONCE):
            way = WAYS[(number // AT_ONCE) % len(WAYS)]
            board.write("D13", False)
            if not _eventually(lambda: board.health().state == "ready" and not uno.level(13), WELL_S):
                broken.append(f"{number} ({way}): not ready before, {board.health()}")
                return
            _hurt(uno, way)
            board.write("D13", True)
            if way != "garbage" and not _eventually(lambda: board.health().state != "ready", NOTICED_S):
                broken.append(f"{number} ({way}): not noticed")
            time.sleep(chance.uniform(0, 2))
            _heal(uno, way)
            began = time.monotonic()
            if not uno.wait_for_level(13, True, WELL_S * 2):
                broken.append(f"{number} ({way}): never right again, {board.health()}")
                return
            took.append(time.monotonic() - began)
            if took[-1] > RIGHT_S:
                broken.append(f"{number} ({way}): right after {took[-1]:.1f} s, load {os.getloadavg()[0]:.0f}")


def _hurt(uno: EmulatedUno, way: str) -> None:
    match way:
        case "pulled out":
            uno.unplug()
        case "mute":
            uno.mute = True
        case "garbage":
            uno.babble(os.urandom(200) + b"\xf0")
        case "blocked":
            uno.reading = False


def _heal(uno: EmulatedUno, way: str) -> None:
    match way:
        case "pulled out":
            uno.plug()
        case "mute":
            uno.mute = False
        case "blocked":
            uno.reading = True


def _eventually(condition, timeout_s: float) -> bool:  # type: ignore[no-untyped-def]
    until = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0
