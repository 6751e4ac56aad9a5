"""Gives a sighting's photo, found by its id alone."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from edge.review.web.garden import album, garden
from edge.review.web.sighting import ID
from edge.store.photos import NAME, path_of

view = Blueprint("photos", __name__)


@view.get("/photo/<id>")
def photo(id: str) -> AnyResponse:
    """The JPEG. The path comes from the record and must be the one that this software itself gives."""
    found = _read(id) or _read(id)  # a better photo may have taken its place between row and file
    if found is None:
        abort(404)
    content, number = found
    response = Response(content, mimetype="image/jpeg")
    response.set_etag(f"{id}-{number}")
    response.headers["Cache-Control"] = "private, no-cache"  # kept, but asked for: a deleted photo must not stay
    return response.make_conditional(request)


def _read(id: str) -> tuple[bytes, int] | None:
    """The file with its number; None where there is none."""
    path = album().photo_of(id) if ID.fullmatch(id) else None
    name = NAME.fullmatch(path.rsplit("/", 1)[-1]) if path else None
    if name is None or path != path_of(id, int(name["number"])):
        return None
    try:
        return (garden().data / path).read_bytes(), int(name["number"])
    except OSError:
        return None
