"""Lets programs in that cannot fill in a form: they send a password with each question (HTTP Basic, RFC 7617)."""

from __future__ import annotations

import hashlib
import hmac
import math

from flask import current_app, request
from werkzeug.wrappers import Response

from edge.review.web import passwords
from edge.review.web.patience import Patience

ADDRESSES = frozenset({"metrics.metrics"})
"""Endpoints that programs may ask; they only tell."""
KNOWN = "gardenwatch-program"
LONGEST = 200


def role_of(kept: passwords.Passwords, patience: Patience) -> str | Response:
    """The role whose password was sent; what to answer where none or a wrong one was.

    A right password is remembered as a keyed hash: hashing it anew takes a second on a small computer, and a collector
    asks four times a minute.
    """
    sent = request.authorization
    password = sent.password if sent is not None and sent.type == "basic" else None
    if not password or len(password) > LONGEST:
        return _asks_for_one()
    mark = hmac.new(kept.secret.encode(), password.encode(), hashlib.sha256).digest()
    known, role, stamp = current_app.extensions.get(KNOWN, (b"", "", ""))
    if hmac.compare_digest(mark, known) and stamp == kept.stamp(role):
        return str(role)
    if wait := patience.wait_s(request.remote_addr or ""):
        return Response("too many wrong passwords\n", 429, {"Retry-After": str(math.ceil(wait))})
    who = kept.who(password)
    if who is None:
        return _asks_for_one()
    patience.was_right(request.remote_addr or "")
    current_app.extensions[KNOWN] = (mark, who, kept.stamp(who))
    return who


def _asks_for_one() -> Response:
    return Response("a password is needed\n", 401, {"WWW-Authenticate": 'Basic realm="gardenwatch"'})
