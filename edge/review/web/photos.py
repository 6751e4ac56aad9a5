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
    return _jpeg(found[0], f"{id}-{found[1]}")


@view.get("/photo/<id>/<int:number>")
def further(id: str, number: int) -> AnyResponse:
    """One beside the best; the same."""
    path = next((one.path for one in album().further(id) if one.number == number), None) if ID.fullmatch(id) else None
    content = _content(path) if path else None
    if content is None:
        abort(404)
    return _jpeg(content, f"{id}-more-{number}")


def _jpeg(content: bytes, tag: str) -> AnyResponse:
    response = Response(content, mimetype="image/jpeg")
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"  # kept, but asked for: a deleted photo must not stay
    return response.make_conditional(request)


def _read(id: str) -> tuple[bytes, int] | None:
    """The file with its number; None where there is none."""
    path = album().photo_of(id) if ID.fullmatch(id) else None
    name = NAME.fullmatch(path.rsplit("/", 1)[-1]) if path else None
    if name is None or path != path_of(id, int(name["number"])):
        return None
    content = _content(path)
    return None if content is None else (content, int(name["number"]))


def _content(path: str) -> bytes | None:
    try:
        return (garden().data / path).read_bytes()
    except OSError:
        return None
