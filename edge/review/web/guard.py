"""Keeps other sites out: names the page answers to, and headers that tie the browser's hands."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest

HEADERS = {
    # nothing but our own files; no script or style within a page; no frame around it
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class UnknownName(BadRequest):
    """The browser called this computer by a name that it does not answer to."""


def protect(app: Flask, names: frozenset[str]) -> None:
    """`names` are allowed besides localhost, this computer's own name, and addresses made of numbers."""
    host = socket.gethostname().lower()
    known = names | {"localhost", host, f"{host}.local"}

    @app.before_request
    def is_called_by_its_name() -> None:
        """A foreign site that lets its name lead here (DNS rebinding) still sends its name; numbers cannot be bent."""
        if not _is_known(request.host, known):
            raise UnknownName

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"  # another pupil at the same computer must not see it
        return response


def _is_known(host: str, known: frozenset[str] | set[str]) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name in known:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
