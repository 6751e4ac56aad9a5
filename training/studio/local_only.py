"""Keeps the page on this computer: nothing is fetched from elsewhere, nobody else is let in."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from training.studio.answering import told_when_closed
from training.studio.in_language import in_language

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; frame-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
)
"""What the browser obeys: whatever gradio's page asks for elsewhere is not fetched. Its scripts stand in the page."""
NAMES = ("127.0.0.1", "localhost")
ELSEWHERE = re.compile(rb"<(?:link|script|meta)\b[^>]*https?://(?!127\.0\.0\.1|localhost)[^>]*>(?:</script>)?")


class LocalOnly:
    """ASGI around gradio's: refuses other host names (DNS rebinding) and takes foreign addresses out of the page."""

    def __init__(self, app: App, language: str) -> None:
        self._app, self._language = app, language

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1").rpartition(":")[0]
        if host not in NAMES:
            await send({"type": "http.response.start", "status": 400, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"only from this computer"})
            return
        await self._app(scope, receive, _Cleaned(send, self._language))


class _Cleaned:
    """Holds HTML back until it is whole, and sends it without what would be fetched from elsewhere, in the language."""

    def __init__(self, send: Send, language: str) -> None:
        self._send, self._language = send, language
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(k, v) for k, v in message["headers"] if k.lower() != b"content-security-policy"]
            headers += [(b"content-security-policy", POLICY.encode()), (b"referrer-policy", b"no-referrer")]
            message["headers"] = headers
            if any(k.lower() == b"content-type" and v.startswith(b"text/html") for k, v in headers):
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            body = told_when_closed(in_language(ELSEWHERE.sub(b"", self._body), self._language))
            headers = [(k, v) for k, v in self._start["headers"] if k.lower() != b"content-length"]
            self._start["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
            await self._send(self._start)
            message = {"type": "http.response.body", "body": body}
        await self._send(message)
