"""One sighting: its photo large, what the machine says and why, what people say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, render_template, request, url_for
from markupsafe import Markup

from edge.review.export.pictures import Picture, pictures
from edge.review.export.place_in_photo import box_in_photo
from edge.review.story import of_sighting
from edge.review.story_page import plot
from edge.review.web.gallery import Choice
from edge.review.web.garden import album, garden, now
from edge.review.web.keys import buttons
from edge.store.reading import Row
from edge.store.verdicts import Verdict

ID = re.compile(r"[0-9a-f]{32}")

view = Blueprint("sighting", __name__)


@view.get("/sighting/<id>")
def sighting(id: str) -> str:
    """With the next newer and older of the filter in the address."""
    row, choice = find(id), Choice.of(request.args)
    newer, older = album().beside(id, choice.filter(now()))
    history = album().verdicts(id)
    story = of_sighting(album(), row, garden().data, garden().labels)
    return render_template(
        "sighting.html",
        row=row,
        story=story,
        plot=Markup(plot(story.guesses)),  # all text in it is escaped there
        pictures=shown(row),
        chosen=request.args.get("photo", "photo"),
        to_photo=lambda name: url_for("sighting.sighting", id=id, **choice.given(), photo=name),
        newer=newer,
        older=older,
        choice=choice,
        buttons=buttons(),
        history=history,
        taken_back=_taken_back(history),
        now=now(),
    )


def _taken_back(history: list[Verdict]) -> dict[str, str | None]:
    """The labels of those verdicts that somebody took back, by their ids."""
    labels = {verdict.id: verdict.label for verdict in history}
    return {verdict.withdraws: labels[verdict.withdraws] for verdict in history if verdict.withdraws in labels}


def find(id: str) -> Row:
    """The sighting of that id; ends the request with 404 where there is none."""
    if not ID.fullmatch(id) or not album().known([id]):
        abort(404)
    return album().one(id)


@dataclass(frozen=True, slots=True)
class Shown:
    """One photo of a sighting on the page."""

    name: str
    """`photo` for the best one."""
    address: str
    width: int
    height: int
    box: tuple[float, float, float, float] | None
    """The animal: left, top, width, height in the photo's pixels; None where it cannot be told."""
    taken: datetime


def shown(row: Row) -> list[Shown]:
    """All its photos, the best one first; not those whose file is gone."""
    return [_shown(row, one) for one in pictures(album(), row) if (garden().data / one.path).is_file()]


def _shown(row: Row, picture: Picture) -> Shown:
    version = picture.file.rsplit("-", 1)[1].removesuffix(".jpg")
    if picture.name == "photo":  # a better one has another address, so that no browser shows the earlier one
        address = url_for("photos.photo", id=row.id, v=version)
    else:
        address = url_for("photos.further", id=row.id, number=version)
    (width, height), box = picture.size, None
    parts = box_in_photo(picture.box, picture.size, garden().photo_margin)
    if parts is not None:
        box = parts[0] * width, parts[1] * height, parts[2] * width, parts[3] * height
    return Shown(picture.name, address, width, height, box, picture.taken)
