"""What was followed but not counted, with the reason."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request
from markupsafe import Markup

from edge.review.story import of_rejection
from edge.review.story_page import plot
from edge.review.web.garden import garden, now, record
from edge.review.web.sighting import ID
from edge.store.past_rejections import past_rejections, picture_of

PAGE = 24

view = Blueprint("rejected", __name__)


@view.get("/rejected")
def rejected() -> str:
    """One page, newest first."""
    asked = request.args.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    found = record().ask(lambda db: list(past_rejections(db, before, PAGE + 1)))
    stories = [(one, of_rejection(one, garden().labels)) for one in found[:PAGE]]
    return render_template(
        "rejected.html",
        stories=[(one, story, Markup(plot(story.guesses))) for one, story in stories],  # plots escape their text
        more=found[PAGE - 1].number if len(found) > PAGE else None,
        begins=before is None,
        now=now(),
    )


@view.get("/rejected/<id>")
def picture(id: str) -> Response:
    """Its small picture, kept in the record itself."""
    content = record().ask(lambda db: picture_of(db, id)) if ID.fullmatch(id) else None
    if content is None:
        abort(404)
    response = Response(content, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-cache"
    return response
