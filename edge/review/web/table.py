"""What a filter finds as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, abort, request

from edge.review.listing import lines
from edge.review.web.access import may_judge
from edge.review.web.gallery import Choice
from edge.review.web.garden import garden, now
from edge.store.filter import Filter
from edge.store.reading import Sightings

AT_ONCE = 500
"""Lines sent together: one by one would be a packet each."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""

view = Blueprint("table", __name__)


@view.get("/sightings.csv")
def table() -> Response:
    """Streams, so that a season needs no memory."""
    if not may_judge():
        abort(403)
    wanted = Choice.of(request.args).filter(now())
    response = Response(_chunks(wanted, garden().data), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="sightings.csv"'
    return response


def _chunks(wanted: Filter, data: Path) -> Iterator[str]:
    """With a record of its own: that of the request is closed before the last line."""
    yield BYTE_ORDER_MARK
    with Sightings(data) as record:
        waiting: list[str] = []
        for line in lines(record.rows(wanted), "csv"):
            waiting.append(line)
            if len(waiting) == AT_ONCE:
                yield "\n".join(waiting) + "\n"
                waiting.clear()
        if waiting:
            yield "\n".join(waiting) + "\n"
