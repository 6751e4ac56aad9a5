"""Tells systemd how the daemon is (sd_notify(3)); silent where no service manager listens."""

from __future__ import annotations

import logging
import os
import socket
import sys
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

EXTEND_S = 60.0
"""So much longer the start may take from each word that it goes on; SQLite says nothing while it sorts an index."""
EXTEND_EVERY_S = 5.0


class Service:
    """The channel named by NOTIFY_SOCKET."""

    def __init__(self, address: str | None = None, note: str = "") -> None:
        """`address` as in NOTIFY_SOCKET: a path, or a name in the abstract namespace behind "@".

        `note` ends each status.
        """
        self._note = f"; {note}" if note else ""
        self._address = address if address is not None else os.environ.get("NOTIFY_SOCKET", "")
        self._status = ""
        self._extended_s = time.monotonic()
        self._channel: socket.socket | None = None
        if self._address and sys.platform != "win32":
            self._channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._channel.setblocking(False)  # a busy service manager must not hold up the watching

    def starting(self, status: str) -> None:
        """The start goes on, however long it takes; called as often as one likes, by the work itself."""
        now_s = time.monotonic()
        if now_s - self._extended_s >= EXTEND_EVERY_S:
            self._extended_s = now_s
            self._send(f"EXTEND_TIMEOUT_USEC={EXTEND_S * 1e6:.0f}\nSTATUS={status}{self._note}")

    def ready(self) -> None:
        """The loop runs, even if the camera is not there yet."""
        self._send("READY=1")

    def alive(self, line: Callable[[], str]) -> None:
        """One turn of the loop was completed; the status is sent when it changed, again where nobody could take it."""
        if self._channel is None:
            return
        if (status := line()) == self._status:
            self._send("WATCHDOG=1")
        elif self._send(f"WATCHDOG=1\nSTATUS={status}{self._note}"):
            self._status = status

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def close(self) -> None:
        if self._channel:
            self._channel.close()
            self._channel = None

    def _send(self, message: str) -> bool:
        """Whether it was taken."""
        if self._channel is None:
            return False
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            self._channel.sendto(message.encode(), address)
        except OSError as error:
            log.debug("sd_notify failed error=%s", error)
            return False
        return True
