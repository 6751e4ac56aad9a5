"""One sighting: its photo large, what the machine says and why, what people say."""

from __future__ import annotations

import re

from flask import Blueprint, abort, render_template, request
from markupsafe import Markup

from edge.review.export.place_in_photo import box_in_photo
from edge.review.story import of_sighting
from edge.review.story_page import plot
from edge.review.web.gallery import Choice
from edge.review.web.garden import album, garden, now
from edge.review.web.keys import buttons
from edge.store.reading import Row
from edge.store.verdicts import verdicts_of

ID = re.compile(r"[0-9a-f]{32}")

view = Blueprint("sighting", __name__)


@view.get("/sighting/<id>")
def sighting(id: str) -> str:
    """With the next newer and older of the filter in the address."""
    row, choice = find(id), Choice.of(request.args)
    newer, older = album().beside(id, choice.filter(now()))
    story = of_sighting(album(), row, garden().data, garden().labels)
    return render_template(
        "sighting.html",
        row=row,
        story=story,
        plot=Markup(plot(story.guesses)),  # all text in it is escaped there
        box=frame(row),
        newer=newer,
        older=older,
        choice=choice,
        buttons=buttons(),
        history=album().ask(lambda db: verdicts_of(db, id)),
        now=now(),
    )


def find(id: str) -> Row:
    """The sighting of that id; ends the request with 404 where there is none."""
    if not ID.fullmatch(id) or not album().known([id]):
        abort(404)
    return album().one(id)


def frame(row: Row) -> tuple[float, float, float, float] | None:
    """The animal's box in its photo: left, top, width, height in the photo's pixels; None where it cannot be told."""
    if row.photo_size is None:
        return None
    parts = box_in_photo(row.box, row.photo_size, garden().photo_margin)
    if parts is None:
        return None
    width, height = row.photo_size
    return parts[0] * width, parts[1] * height, parts[2] * width, parts[3] * height
