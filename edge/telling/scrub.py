"""Takes secrets out of what others say about a failure, before anybody sees or keeps it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, unquote, urlsplit

MOST = 300
"""Characters of a failure that are kept."""
SHORTEST = 4
"""A shorter part of an address (`bot`, a port) gives nothing away, and its stars would spoil every text."""
STARS = "***"
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_WITHIN = re.compile(r"(\burl:\s*)\S+", re.IGNORECASE)
"""As urllib3 names the path of a request; a service's access token is in its query."""
_VALUE = re.compile(r"((?:pass\w*|pwd|secret|token|key|auth\w*|sign\w*)[\"']?\s*[=:]\s*)[^\s,;&]+", re.IGNORECASE)
_TOKEN = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{16,}\b")
"""Long, with letters and digits: what a service gave out during a session looks so, too."""


def scrub(text: str, secrets: Iterable[str]) -> str:
    """The text with stars for each secret, in whatever way it is written, and for all that looks like one."""
    for secret in sorted(_forms(secrets), key=len, reverse=True):
        text = re.sub(re.escape(secret), STARS, text, flags=re.IGNORECASE)
    text = _ADDRESS.sub(STARS, text)
    text = _WITHIN.sub(rf"\1{STARS}", text)
    text = _VALUE.sub(rf"\1{STARS}", text)
    text = _TOKEN.sub(STARS, text)
    return " ".join(text.split())[:MOST]


def _forms(secrets: Iterable[str]) -> set[str]:
    """Each secret and each part of an address: as it stands, escaped, unescaped, in base64."""
    parts: set[str] = set()
    for secret in secrets:
        parts.add(secret)
        if "://" in secret:
            parts |= _parts(secret)
    parts |= {unquote(part) for part in parts}
    parts |= {quote(part, safe="") for part in parts}
    long = {part for part in parts if len(part) >= SHORTEST}
    return long | {base64.b64encode(part.encode()).decode().rstrip("=") for part in long}


def _parts(address: str) -> set[str]:
    after = address.split("://", 1)[1]
    split = urlsplit("x://" + after)
    pieces = {after, *re.split(r"[/?#@:&=,]", after), *(value for _key, value in parse_qsl(split.query))}
    user = split.netloc.rpartition("@")[0]
    return pieces | {user, *user.split(":", 1)}
