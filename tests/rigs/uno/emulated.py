"""An Uno in Python on a pseudo-terminal, with faults that a test can cause."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import struct
import threading
import time
import tty
from pathlib import Path

from tests.rigs.uno.bench import Bench
from tests.rigs.uno.firmware import Firmware

IN_OPEN = 0x20
"""Of <sys/inotify.h>."""
STK500_SYNC = b"\x30\x20"
"""What a program sends first that wants to overwrite the firmware."""


class EmulatedUno(Bench):
    """Works with the unmodified pinpong. Opening the port resets it, like the real one's DTR.

    Faults, which may be set at any time: `mute` says nothing, `answer_delay_s` answers late, `reading = False`
    takes no more bytes, `babble(bytes)` sends something nobody asked for; `version` counts from the next plugging on.
    """

    def __init__(
        self,
        folder: Path,
        *,
        usb_id: str = "2341:0043",
        name: str = "ttyACM0",
        plugged: bool = True,
        version: tuple[int, int] = (2, 8),
        mute: bool = False,
        answer_delay_s: float = 0.0,
    ) -> None:
        self.mute, self.answer_delay_s, self.version = mute, answer_delay_s, version
        self.reading = True
        self.heard = bytearray()
        """Every byte that was sent to the board."""
        super().__init__(folder, usb_id=usb_id, name=name, plugged=plugged)

    @property
    def flash_attempts(self) -> int:
        return self.heard.count(STK500_SYNC)

    def babble(self, data: bytes) -> None:
        os.write(self._master, data)

    def reset(self) -> None:
        self._reset.set()

    def _power_on(self) -> str:
        self._master, slave = os.openpty()
        tty.setraw(slave)
        terminal = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self._master, False)
        # A poll of the master would miss a port closed and opened again at once; inotify doesn't.
        libc = ctypes.CDLL(None, use_errno=True)
        self._opens = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._opens < 0 or libc.inotify_add_watch(self._opens, terminal.encode(), IN_OPEN) < 0:
            raise OSError(ctypes.get_errno(), "inotify")
        self._firmware = Firmware(self.version, self._show, self._answer)
        self._off, self._reset = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._live, name="emulated-uno", daemon=True)
        self._thread.start()
        return terminal

    def _power_off(self) -> None:
        self._off.set()
        self._thread.join()
        os.close(self._master)
        os.close(self._opens)

    def _live(self) -> None:
        poller = select.poll()
        poller.register(self._master, select.POLLIN)
        poller.register(self._opens, select.POLLIN)
        while not self._off.is_set():
            ready = dict(poller.poll(20))
            if self._reset.is_set():
                self._reset.clear()
                self._firmware.reset()
            if self._opens in ready:
                self._see_opens()
            if ready.get(self._master, 0) & select.POLLIN and self.reading:
                with contextlib.suppress(OSError):
                    data = os.read(self._master, 4096)
                    self.heard += data
                    self._firmware.feed(data)
                    self._happened()
            elif self._master in ready:  # nobody has the port open, or nobody reads: both are level triggered
                self._off.wait(0.01)

    def _see_opens(self) -> None:
        events = os.read(self._opens, 4096)
        offset = 0
        while offset < len(events):
            _, _, _, name_length = struct.unpack_from("iIII", events, offset)
            offset += struct.calcsize("iIII") + name_length
            self.opened += 1
            self._firmware.reset()
        self._happened()

    def _answer(self, data: bytes) -> None:
        if not self.mute:
            time.sleep(self.answer_delay_s)
            with contextlib.suppress(OSError):
                os.write(self._master, data)
