"""Shows pictures live at an address of this computer, for a browser."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2

from edge.errors import UsageError
from edge.language import _
from edge.records import Image

BOUNDARY = "frame"
WAIT_S = 5.0
"""A browser that gets no picture for so long is let go; it asks again."""


class LivePicture:
    """A page with one picture that changes; only this computer can reach it."""

    def __init__(self, port: int) -> None:
        """Port 0 takes a free one. Raises UsageError where the port is taken."""
        self._changed = threading.Condition()
        self._jpeg = b""
        self._number = 0
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        except OSError as error:
            found = f"{port}: {error.strerror}"
            raise UsageError(_("a free port"), found, _("choose another with --serve")) from error
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/"

    def show(self, picture: Image) -> None:
        """From now on this one."""
        jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
        with self._changed:
            self._jpeg, self._number = jpeg, self._number + 1
            self._changed.notify_all()

    def close(self) -> None:
        """Ends the server; open pages keep their last picture."""
        self._server.shutdown()
        self._server.server_close()

    def _next(self, after: int) -> tuple[int, bytes] | None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._number > after, WAIT_S):
                return None
            return self._number, self._jpeg

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        live = self

        class Handler(BaseHTTPRequestHandler):
            """Two addresses: the page, and its picture."""

            def do_GET(self) -> None:
                if self.path == "/":
                    self._page()
                elif self.path == "/picture":
                    self._stream()
                else:
                    self.send_error(404)

            def _page(self) -> None:
                style = "body{margin:0;background:#111}img{width:100%;height:100vh;object-fit:contain}"
                page = (
                    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>gardenwatch tune</title>'
                    f'<style>{style}</style></head><body><img src="/picture" alt="gardenwatch tune"></body></html>'
                ).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def _stream(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
                self.end_headers()
                number = 0
                try:
                    while (found := live._next(number)) is not None:
                        number, jpeg = found
                        head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                        self.wfile.write(head.encode() + jpeg + b"\r\n")
                except (ConnectionError, TimeoutError):
                    return  # the page was closed

            def log_message(self, *_: Any) -> None:
                """Requests are nobody's news."""

        return Handler
