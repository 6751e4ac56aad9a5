"""A real mail server and a real web server on loopback, which keep what they are sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import pytest

from tests.programs import SLOW_S
from tests.rigs.ports import free_port


class MailServer:
    """Takes every message, or refuses each with `refuses`; without a name for itself, it needs no password."""

    def __init__(self, port: int | None = None) -> None:
        controller = pytest.importorskip("aiosmtpd.controller", reason="aiosmtpd is not installed")
        self.port = port or free_port()
        self.came: list[EmailMessage] = []
        self.refuses: str | None = None
        self._controller = controller.Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=SLOW_S)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refuses is not None:
            return self.refuses
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.came.append(message)
        return "250 OK"

    def wait_for(self, count: int) -> None:
        _wait(lambda: len(self.came), count)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


class WebHook:
    """Keeps the JSON of each POST with its headers; answers with `status`."""

    def __init__(self, port: int = 0) -> None:
        self.came: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.status = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.status == 200:
                    hook.came.append((dict(self.headers), json.loads(body)))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Requests are nobody's news."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_port

    def wait_for(self, count: int) -> None:
        _wait(lambda: len(self.came), count)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _wait(came: Callable[[], int], count: int) -> None:
    until = time.monotonic() + SLOW_S
    while came() < count:
        assert time.monotonic() < until, f"{came()} came, not {count}"
        time.sleep(0.02)
