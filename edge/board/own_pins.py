"""The pins of this computer itself, switched by pinpong: a Raspberry Pi's header, a UNIHIKER's edge.

UNTESTED ON HARDWARE: the calls are compared with a stand-in of RPi.GPIO; of a UNIHIKER nothing could be tried.
They hang on no cable: nothing answers, nothing is lost. Only the worker process may load it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import warnings
from types import SimpleNamespace
from typing import Any, NoReturn

from edge.board.unusable import Unusable

UNIHIKER = "/opt/unihiker/Version"
"""By this file pinpong knows a UNIHIKER (`base/comm.py:222`)."""


class OwnPins:
    """Until the process ends. A Raspberry Pi's numbers are BCM's: D13 is pin 33 of the header."""

    def __init__(self, board: str, port: str) -> None:
        """Raises Unusable where this computer is no such board."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape sequence in its comm.py:27
            from pinpong.board import Board, Pin
        (_need_gpio if board == "rpi" else _need_unihiker)()
        self.port = port
        self._make_pin: Any = Pin
        self._pins: dict[int, Any] = {}
        try:
            # With a port it looks neither at the computer's name nor for a cable.
            self._board: Any = Board(board, port)
            self._board.begin()
        except OSError as error:
            raise Unusable("no_permission", port=port, error=str(error)) from None
        except (SystemExit, RuntimeError) as error:  # of pinpong, for ordinary faults
            raise Unusable("not_this_computer", board=board, found=repr(error)) from None
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Board() replaces the handler

    def write(self, pin: int, on: bool) -> None:
        """Raises ValueError for a pin it lacks, Unusable where it cannot be switched."""
        try:
            if pin not in self._pins:
                self._pins[pin] = self._make_pin(self._board, pin, self._make_pin.OUT)
            self._pins[pin].write_digital(int(on))
        except ValueError:
            raise
        except BaseException as error:
            raise Unusable("lost", port=self.port, error=str(error) or type(error).__name__) from None

    def ask(self) -> None:
        """Nothing can be asked."""

    def check(self) -> None:
        """Nothing can be pulled out."""

    def all_low(self) -> None:
        with contextlib.suppress(Unusable, ValueError):
            for pin in self._pins:
                self.write(pin, False)


def _need_gpio() -> None:
    """pinpong passes over a missing RPi.GPIO, and fails at the first pin."""
    try:
        importlib.import_module("RPi.GPIO")
    except ImportError as error:
        raise Unusable("no_gpio", found=str(error)) from None
    except RuntimeError as error:  # "This module can only be run on a Raspberry Pi!"
        raise Unusable("not_this_computer", board="rpi", found=str(error)) from None


def _need_unihiker() -> None:
    if not os.path.exists(UNIHIKER):
        raise Unusable("not_this_computer", board="unihiker", found=f"no {UNIHIKER}")
    from pinpong.extension import unihi

    # Where its second chip does not answer, pinpong would overwrite that chip's program.
    unihi.subprocess = SimpleNamespace(run=_never_flash)


def _never_flash(*_words: object, **_options: object) -> NoReturn:
    raise Unusable("wrong_firmware", port="GPIO", expected="UNIHIKER", found="?")
