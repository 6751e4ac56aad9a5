"""What a filter finds as a file to take home."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import cast, get_args

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request

from edge.errors import GardenwatchError, UsageError
from edge.language import _
from edge.model.labels import Role
from edge.review.export import stream
from edge.review.export.camtrap import Package, unwritten
from edge.review.web.gallery import Choice, labels_to_choose
from edge.review.web.garden import Garden, garden, now, record
from edge.store.album import Album
from edge.store.filter import Filter

log = logging.getLogger(__name__)
EXTENSION = "gardenwatch-export"

view = Blueprint("exporting", __name__)


@dataclass(slots=True)
class Job:
    """The export that runs now, or the last one."""

    form: str = ""
    done: int = 0
    """Sightings that are on their way."""
    total: int | None = None
    """None while they are being counted."""
    state: str = ""
    """running, whole, or broken; empty before the first."""

    def note(self) -> None:
        self.done += 1


class Exports:
    """One at a time: each takes a thread that answers requests, for as long as somebody downloads."""

    def __init__(self) -> None:
        self.job = Job()
        self._busy = threading.Lock()

    def begin(self, form: str) -> Job:
        """Raises GardenwatchError while another one runs."""
        if not self._busy.acquire(blocking=False):
            todo = _("wait until it is done, then try again")
            raise GardenwatchError(_("no other export now"), _("one that still runs"), todo)
        self.job = Job(form, state="running")
        return self.job

    def end(self, state: str) -> None:
        self.job.state = state
        self._busy.release()


def install(app: Flask) -> None:
    app.extensions[EXTENSION] = Exports()


@view.get("/export")
def export() -> str:
    """The forms to choose from, and what each is good for."""
    choice = Choice.of(request.args)
    return render_template(
        "export.html",
        choice=choice,
        labels=labels_to_choose(),
        roles=get_args(Role),
        missing=unwritten(garden().site),
        job=_exports().job,
    )


@view.get("/export.json")
def state() -> Response:
    """How far it is; for the page, which asks while one runs."""
    job = _exports().job
    return jsonify(state=job.state, done=job.done, total=job.total)


@view.post("/export")
def download() -> Response:
    """Streams the file. What is missing is said before the first byte."""
    form, choice = request.form.get("form", ""), Choice.of(request.form)
    if form not in get_args(stream.Form):
        raise UsageError(_("one of the forms"), repr(form[:40]), _("choose one from the page"))
    wanted, common = choice.filter(now()), None
    if form in ("camtrap-dp", "dataset"):
        stream.refuse_too_many(record(), wanted)
    if form == "camtrap-dp":
        common = stream.common_of(record(), wanted, garden().site, garden().labels, garden().photo_margin)
    exports = _exports()
    exports.begin(form)
    unjudged = request.form.get("unjudged") == "yes"
    response = Response(_bytes(exports, garden(), cast(stream.Form, form), wanted, common, unjudged))
    response.call_on_close(_Ending(exports))
    ending = stream.ENDINGS[cast(stream.Form, form)]
    response.mimetype = {"csv": "text/csv", "jsonl": "application/jsonl"}.get(form, "application/zip")
    name = f"gardenwatch-{form}" if ending == "zip" else "sightings"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response.headers["Cache-Control"] = "no-store"
    return response


class _Ending:
    """Called when the last byte was sent, or the browser went away, also before the first."""

    def __init__(self, exports: Exports) -> None:
        self._exports = exports

    def __call__(self) -> None:
        whole = self._exports.job.state == "sent"
        self._exports.end("whole" if whole else "broken")


def _bytes(
    exports: Exports, garden: Garden, form: stream.Form, wanted: Filter, common: Package | None, unjudged: bool
) -> Iterator[bytes]:
    """With a record of its own: that of the request is closed before the first byte."""
    job = exports.job
    with closing(Album(garden.data)) as record:
        job.total = record.count(wanted)
        rows = stream.every(record, wanted)
        if form == "camtrap-dp":
            assert common is not None
            yield from stream.package(garden.data, record, rows, common, job.note)
        elif form == "dataset":
            yield from stream.dataset(garden.data, record, rows, unjudged, job.note)
        else:
            yield from stream.table(rows, form, job.note)
    job.state = "sent"


def _exports() -> Exports:
    return cast(Exports, current_app.extensions[EXTENSION])
