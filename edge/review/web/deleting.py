"""Deletes a photo for good, once that was asked for twice."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from edge.errors import UsageError
from edge.language import _
from edge.review.web.garden import garden, record
from edge.review.web.sighting import ID, find
from edge.review.web.writing import writing
from edge.store.deletion import delete_photo

view = Blueprint("deleting", __name__)


@view.post("/photo/delete")
def delete() -> Response:
    """The sighting stays, as a count. Copies in exports and backups stay where they are."""
    id = request.form.get("id", "")
    rejection = bool(ID.fullmatch(id)) and record().ask(
        lambda db: db.execute("SELECT 1 FROM rejections WHERE id = ?", (id,)).fetchone() is not None
    )
    if not rejection:
        find(id)
    if request.form.get("sure") != "yes":
        raise UsageError(
            _("that you are sure"), _("nothing said"), _("tick the box first; a photo cannot be brought back")
        )
    with writing():
        delete_photo(garden().data, id)
    return redirect(url_for("rejected.rejected") if rejection else url_for("sighting.sighting", id=id), 303)
