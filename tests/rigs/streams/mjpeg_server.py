"""A network camera stand-in: motion JPEG over HTTP on loopback, with faults that can be switched on while it runs.

Standard library only. Run as a program it serves DIR's numbered *.jpg, the picture of the moment to whoever asks:

    python mjpeg_server.py DIR PORT FPS        (PORT 0 takes a free one; the port is printed)
    GET /video                                 the stream
    GET /mode?ok|stall|close|garbage|truncate|limp|NAME
    GET /now                                   the number of the picture sent at this moment

stall: the connection stays open and nothing comes · close: every connection is dropped
garbage: a part that is no JPEG · truncate: half a JPEG · limp: every third is half · NAME: DIR's NAME.jpg alone
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Literal

Mode = Literal["ok", "stall", "close", "garbage", "truncate", "limp", "black", "small"]


class StreamServer:
    """The server as a process of its own, so that it can really be killed; comes back on the same port."""

    def __init__(self, pictures: Path, fps: float = 20.0) -> None:
        from tests.rigs.ports import free_port  # the program itself runs without the tests

        self._pictures, self._fps = pictures, fps
        self._process: subprocess.Popen[str] | None = None
        self.port = free_port()  # the same after each kill

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/video"

    def start(self) -> None:
        command = [sys.executable, __file__, str(self._pictures), str(self.port), str(self._fps)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def kill(self) -> None:
        """As when somebody pulls the plug."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def mode(self, mode: Mode) -> None:
        self._ask(f"/mode?{mode}")

    def now(self) -> int:
        return int(self._ask("/now"))

    def _ask(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            content: bytes = answer.read()
        return content

    def __enter__(self) -> StreamServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, pictures: Path, port: int, fps: float) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.jpegs = [path.read_bytes() for path in sorted(pictures.glob("[0-9]*.jpg"))]
        self.named = {path.stem: path.read_bytes() for path in pictures.glob("[a-z]*.jpg")}
        self.fps = fps
        self.mode = "ok"

    def now(self) -> int:
        return int(time.monotonic() * self.fps) % len(self.jpegs)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.0"

    def log_message(self, format: str, *args: object) -> None:
        """Keeps the tests' output clean."""

    def do_GET(self) -> None:
        path, _, asked = self.path.partition("?")
        if path == "/mode":
            self.server.mode = asked
            self._answer(asked)
        elif path == "/now":
            self._answer(str(self.server.now()))
        elif self.server.mode != "close":
            self._stream()

    def _answer(self, text: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        while self.server.mode != "close":
            if self.server.mode != "stall":
                part = self._part()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(part)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + part + b"\r\n")
                except OSError:
                    return
            time.sleep(1 / self.server.fps)

    def _part(self) -> bytes:
        mode, number = self.server.mode, self.server.now()
        jpeg = self.server.named.get(mode, self.server.jpegs[number])
        if mode == "garbage":
            return bytes(5000)
        if mode == "truncate" or (mode == "limp" and number % 3 == 0):
            return jpeg[: len(jpeg) // 2]
        return jpeg


if __name__ == "__main__":
    server = _Server(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
    print(server.server_address[1], flush=True)
    server.serve_forever()
