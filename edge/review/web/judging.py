"""Takes verdicts, on one sighting or many, and takes them back."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, redirect, request, session
from werkzeug.wrappers import Response

from edge.errors import UsageError
from edge.language import _
from edge.review.judge import role_of
from edge.review.web.garden import album, garden
from edge.review.web.sighting import ID
from edge.review.web.words import back
from edge.review.web.writing import writing
from edge.store.verdicts import Verdict

MOST = 200
"""Sightings in one verdict; a page has 48."""
AT_ONCE = 40
"""Rows of one transaction: a card of a Pi takes under 50 ms for them, which the watcher hardly notices."""
LONGEST_NAME = 40
OFFERED = timedelta(minutes=5)
"""How long the page offers to take a verdict back; later a new verdict does the same."""

view = Blueprint("judging", __name__)


@view.post("/verdict")
def verdict() -> Response:
    """Appends what the visitor says of all sightings that were chosen; what cannot be asked for changes nothing."""
    ids = list(dict.fromkeys(request.form.getlist("id")))
    if not ids:
        raise UsageError(_("at least one sighting"), _("none"), _("choose a photo first"))
    if len(ids) > MOST or not all(ID.fullmatch(id) for id in ids) or album().known(ids) != set(ids):
        abort(404)
    label, by, at = request.form.get("label", ""), who(), datetime.now(UTC)
    role = role_of(label, garden().labels)
    if request.form.get("by"):
        session["name"] = by
    done = int(session.get("done", 0))
    for safe in _append([Verdict(id, label, role, by, at) for id in ids]):
        session["done"] = done + safe  # also where the rest then fails
        session["undo"] = {"at": at.isoformat(timespec="milliseconds"), "by": by, "count": safe, "label": label}
    return redirect(back(), 303)


@view.post("/undo")
def undo() -> Response:
    """The visitor's last verdict no longer counts; that is appended, too. What somebody else said stays."""
    last = session.get("undo")
    if last is not None:
        at = datetime.fromisoformat(last["at"])
        with writing():
            taken_back = album().withdrawals(at, last["by"], who(), datetime.now(UTC))
        for _safe in _append(taken_back):
            pass
        session.pop("undo")  # now, so that what failed can be tried again
        session["done"] = max(int(session.get("done", 0)) - last["count"], 0)
    return redirect(back(), 303)


@view.post("/name")
def rename() -> Response:
    """Under which name the visitor judges from now on."""
    session["name"] = clean(request.form.get("name", ""))
    return redirect(back(), 303)


def last_verdict() -> dict[str, Any] | None:
    """The visitor's own last one, for as long as it is offered to be taken back."""
    last = session.get("undo")
    if last is None or datetime.now(UTC) - datetime.fromisoformat(last["at"]) > OFFERED:
        return None
    return dict(last)


def who() -> str:
    """Who judges: the name the visitor gave, else this computer's user."""
    given = request.form.get("by") or session.get("name")
    return clean(str(given or "")) or _user()


def _user() -> str:
    """A service may run as a user without a name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "review"


def clean(text: str) -> str:
    """One short line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:LONGEST_NAME]


def _append(verdicts: list[Verdict]) -> Iterator[int]:
    """Yields after each transaction how many are safe by then."""
    for first in range(0, len(verdicts), AT_ONCE):
        some = verdicts[first : first + AT_ONCE]
        with writing():
            album().append(some)
        yield first + len(some)
