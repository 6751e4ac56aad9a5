"""What needs a person's word, one photo after the other."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from edge.language import _, spaced
from edge.review.web.garden import garden, now, record
from edge.review.web.keys import buttons
from edge.review.web.sighting import ID, shown
from edge.review.web.words import name
from edge.store.calls import MANY, Call, calls
from edge.store.reading import Row

REMEMBERED = 60
"""Skipped ones, by the beginning of their ids: they come again after so many others. A cookie has room for them."""
BEGINNING = 10
AHEAD = 3
"""Photos that the browser fetches before they are asked for."""

view = Blueprint("call", __name__)


@view.get("/call")
def call() -> str:
    """The next one, with how many are left."""
    skipped = [str(one) for one in session.get("skipped", [])]
    labels = record().labels_seen()
    waiting = record().ask(lambda db: calls(db, labels, skipped, AHEAD + 1))
    done = int(session.get("done", 0))
    if not waiting.next:
        return render_template("call_none.html", left=waiting.left, skipped=len(skipped), done=done)
    first, *ahead = waiting.next
    row = record().one(first.id)
    return render_template(
        "call.html",
        row=row,
        question=_question(first, row),
        pictures=shown(row),
        chosen=request.args.get("photo", "photo"),
        to_photo=lambda name: url_for("call.call", photo=name),
        ahead=[record().one(one.id) for one in ahead],
        buttons=buttons(),
        done=done,
        left=waiting.left,
        many=waiting.left >= MANY,
        now=now(),
    )


@view.post("/call/skip")
def skip() -> Response:
    """That one later; without an id, all that were skipped come again."""
    id = request.form.get("id", "")
    kept = [str(one) for one in session.get("skipped", [])] if id else []
    session["skipped"] = [*kept, id[:BEGINNING]][-REMEMBERED:] if ID.fullmatch(id) else kept
    return redirect(url_for("call.call"), 303)


def _question(call: Call, row: Row) -> str:
    if call.why == "first":
        return spaced(_("The first {name} here. Is it one?").format(name=name(row.label)))
    if call.why == "unknown":
        return _("The machine does not know it. Do you?")
    best = [key for key in record().receipt(row.id).votes if key in garden().labels][:2]
    if len(best) < 2:
        return spaced(_("Is it {name}?").format(name=name(row.label)))
    return spaced(_("{one} or {other}?").format(one=name(best[0]), other=name(best[1])))
