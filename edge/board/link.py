"""The serial line to one board, spoken by pinpong.

It relies on internals of exactly pinpong 0.6.2: `Board.detect_firmata`, `Board.res`, `Board.board` with its
`run_event`, `serial_port` and two threads. Only the worker process may load it.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import re
import signal
import socket
import sys
import time
import warnings
from typing import Any

from edge.board.fault import Reason
from edge.board.unusable import Unusable

PINPONG = "0.6.2"
"""The version whose internals are guarded here."""
ASK_FIRMWARE = b"\xf0\x79\xf7"
"""Firmata's "report firmware"; the board answers F0 79 major minor."""
MEET_TRIES = 3
"""An Uno that starts slowly misses a question or two; pinpong itself waits 0.1 s, then flashes the board."""
ANSWER_WITHIN_S = 1.0
"""A healthy Uno answers in 2 ms."""
WRITE_WITHIN_S = 1.0
"""Three bytes take 0.3 ms; without a limit a board that stops reading blocks for ever."""
READ_WITHIN_S = 0.1
"""One read of the port returns at the latest then; pinpong's own value."""
THREADS_END_WITHIN_S = 1.0


class Link:
    """A board that answers as pinpong's firmware, until it is lost."""

    def __init__(self, board: str, port: str) -> None:
        """Opens the port, which resets an Uno, and takes two seconds. Raises Unusable."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape sequence in its comm.py:27
            from pinpong.base.comm import firmware_version
            from pinpong.board import Board, Pin
        self.port = port
        self._expected: tuple[int, int] = firmware_version[board.upper()]
        self._make_pin: Any = Pin
        self._on: set[int] = set()
        self._claimed = _claim(port)
        try:
            self._board: Any = Board(board, port)
            self._board.detect_firmata = self._meet
            self._board.begin()
        except Unusable:
            raise
        except OSError as error:
            raise Unusable(_reason_of(error), port=port, error=str(error)) from None
        except (SystemExit, RuntimeError) as error:  # of pinpong, for ordinary faults
            raise Unusable("mute", port=port, error=repr(error)) from None
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Board() and begin() each replace the handler
        self._silence_threads()

    def write(self, pin: int, on: bool) -> None:
        """Returns once the board has taken it. Raises ValueError for a pin it lacks, Unusable when it is lost."""
        try:
            # The mode goes with every level: a board that was reset meanwhile (a dip of its supply, another
            # program) ignores levels of a pin that is not an output, and nothing would tell.
            self._make_pin(self._board, pin, self._make_pin.OUT).write_digital(int(on))
        except ValueError:
            raise
        except BaseException as error:  # a failed write is SystemExit(0) in pinpong
            raise self._lost(error) from None
        (self._on.add if on else self._on.discard)(pin)
        self.ask()

    def ask(self) -> None:
        """Returns once the board has answered. Raises Unusable where it does not."""
        try:
            if self._answer(self._serial()) is None:
                raise Unusable("lost", port=self.port, error=f"no answer for {ANSWER_WITHIN_S:g} s")
        except OSError as error:
            raise self._lost(error) from None

    def check(self) -> None:
        """Raises Unusable where the cable was pulled; costs no traffic."""
        try:
            _ = self._serial().in_waiting
        except OSError as error:
            raise self._lost(error) from None

    def all_low(self) -> None:
        """Nothing else turns a pin off: the firmware keeps the level when the port is closed."""
        with contextlib.suppress(Unusable, ValueError):
            for pin in sorted(self._on):
                self.write(pin, False)

    def _meet(self) -> tuple[int, int]:
        """Stands in for pinpong's `detect_firmata`, whose every doubt ends in flashing the board."""
        self._board.duration = {self._board.boardname: READ_WITHIN_S}  # detect_firmata sets it, open_serial reads it
        self._board.res["open_serial"](self._board)
        serial = self._board.serial
        serial.write_timeout = WRITE_WITHIN_S
        found = None
        for _ in range(MEET_TRIES):
            found = found or self._answer(serial)
        if found is None:
            seconds = MEET_TRIES * ANSWER_WITHIN_S
            raise Unusable("mute", port=self.port, error=f"none in {seconds:g} s")
        if found != self._expected:
            expected = "{}.{}".format(*self._expected)
            raise Unusable("wrong_firmware", port=self.port, expected=expected, found="{}.{}".format(*found))
        return found

    def _answer(self, serial: Any) -> tuple[int, int] | None:
        """The firmware's version, asked of the board; None where it does not answer. Raises OSError."""
        serial.reset_input_buffer()
        serial.write(ASK_FIRMWARE)
        until, heard = time.monotonic() + ANSWER_WITHIN_S, b""
        while time.monotonic() < until:
            heard += serial.read(max(1, serial.in_waiting))
            if version := re.search(rb"\xf0\x79(.)(.)", heard, re.DOTALL):
                return version[1][0], version[2][0]
        return None

    def _silence_threads(self) -> None:
        """An output pin needs neither of pinpong's threads, which take a third of a core when idle, and a
        whole one after a stray F0 byte or a pulled cable."""
        mata = self._board.board
        mata.run_event.clear()
        for thread in (mata.the_reporter_thread, mata.the_data_receive_thread):
            thread.join(THREADS_END_WITHIN_S)
            if thread.is_alive():  # spins in the middle of a message that never ends
                raise Unusable("mute", port=self.port, error="half a message")

    def _serial(self) -> Any:
        serial = self._board.board.serial_port
        if serial is None:  # pinpong's monitor thread has noticed the loss first
            raise OSError(errno.ENODEV, "the port was closed")
        return serial

    def _lost(self, error: BaseException) -> Unusable:
        return Unusable("lost", port=self.port, error=str(error) or type(error).__name__)


def _claim(port: str) -> socket.socket | None:
    """Takes the port for this process, before opening it would reset the board under another Gardenwatch.

    A name of Linux's abstract sockets: unlike a lock file it needs no folder, and goes with the process, however
    that ends. Raises Unusable where another process has it.
    """
    if sys.platform != "linux":  # Windows opens a port only once anyway
        return None
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind("\0gardenwatch-" + hashlib.sha256(port.encode()).hexdigest())  # a name holds 107 bytes
    except OSError:
        claim.close()
        raise Unusable("busy", port=port) from None
    return claim


def _reason_of(error: OSError) -> Reason:
    if error.errno in (errno.EACCES, errno.EPERM):
        return "no_permission"
    if error.errno == errno.EBUSY:
        return "busy"
    return "lost"
