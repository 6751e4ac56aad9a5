"""A stand-in for `rpicam-vid --codec mjpeg --listen --output tcp://...`: pictures one after the other, for one reader.

As the real one it waits for a reader, and is gone when the reader is; `systemd` starts the real one again. FFmpeg makes
the same bytes (`ffmpeg -re -f lavfi -i testsrc2 -c:v mjpeg -f mjpeg tcp://127.0.0.1:8555?listen=1`).
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self


class BareJpegs:
    """On loopback; comes back for the next reader until it is closed."""

    def __init__(self, jpegs: Sequence[bytes], fps: float = 10.0) -> None:
        self._jpegs, self._fps = jpegs, fps
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self.readers = 0
        self.address = f"tcp://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                reader, _ = self._socket.accept()
            except OSError:
                return
            self.readers += 1
            with reader:
                self._send(reader)

    def _send(self, reader: socket.socket) -> None:
        number = 0
        while not self._over.wait(1 / self._fps):
            try:
                reader.sendall(self._jpegs[number % len(self._jpegs)])
            except OSError:
                return
            number += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
