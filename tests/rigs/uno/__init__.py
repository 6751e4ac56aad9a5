"""An emulated Arduino Uno with which the unmodified pinpong works, in two makes with the same interface.

`EmulatedUno` is a responder in Python with faults to cause; `SimulatedUno` runs pinpong's own firmware on simavr.

    from tests.rigs.uno import EmulatedUno, need_pinpong

    def test_lamp(tmp_path):
        need_pinpong()                                    # skips where it isn't installed
        with EmulatedUno(tmp_path) as uno:                # or SimulatedUno, after need_simavr()
            daemon = subprocess.Popen([...], env=uno.env) # board.kind: pinpong, board.port: none or uno.path
            assert uno.wait_for_level(13, True)
            uno.unplug(); uno.plug()                      # the cable
            uno.reset()                                   # the button
            uno.changes(13)                               # [Change(tick_s=…time.monotonic()…, on=True), …]
            uno.levels(13)                                # [True, False, …]

In the test's own process, before a PinpongBoard is made: `for item in uno.env.items(): monkeypatch.setenv(*item)`.
Pins are numbers as on the board; the chip shows D0 to D13. Both work without root.
"""

from __future__ import annotations

import importlib.util
from typing import NoReturn

from tests.rigs.uno.bench import Bench, Change, environment
from tests.rigs.uno.emulated import EmulatedUno
from tests.rigs.uno.simulated import (
    SimulatedUno,
    UnoOfSomebodyElse,
    UnoWithBootloader,
    missing,
    missing_for_bootloader,
)

__all__ = [
    "Bench",
    "Change",
    "EmulatedUno",
    "SimulatedUno",
    "UnoOfSomebodyElse",
    "UnoWithBootloader",
    "environment",
    "need_bootloader",
    "need_pinpong",
    "need_simavr",
]


def need_pinpong() -> None:
    """Skips the test where pinpong or pyserial isn't installed."""
    for package in ("serial", "pinpong"):
        if importlib.util.find_spec(package) is None:
            _skip(f"{package} is not installed: pip install pyserial; pip install --no-deps pinpong==0.6.2")


def need_simavr() -> None:
    """Skips the test where the chip cannot be simulated; mark it `system` too."""
    lacking = missing()
    if lacking is not None:
        _skip(f"not installed: {lacking}")


def need_bootloader() -> None:
    """As above, for the boards that have one."""
    need_simavr()
    lacking = missing_for_bootloader()
    if lacking is not None:
        _skip(f"not installed: {lacking}")


def _skip(reason: str) -> NoReturn:
    import pytest  # only here: the boards also run where it is not installed

    pytest.skip(reason)
