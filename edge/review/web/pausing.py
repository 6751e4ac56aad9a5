"""Asks the watcher to pause, and to go on."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from edge.boot import boot_id
from edge.errors import UsageError
from edge.language import _
from edge.records import Moment
from edge.review.web.garden import garden
from edge.review.web.words import back
from edge.review.web.writing import writing
from edge.times.pause import Pause, ask, read, resume

MINUTES = (10, 30, 60, 240, 1440)

view = Blueprint("pausing", __name__)


def left_s() -> float:
    """How long the pause still lasts; 0 where there is none."""
    pause = read(garden().data)
    return pause.left_s(Moment(datetime.now(UTC), time.monotonic(), None), boot_id()) if pause else 0.0


@view.post("/pause")
def pause() -> Response:
    """For so many minutes; 0 ends it."""
    minutes = request.form.get("minutes", "")
    if minutes not in {"0", *map(str, MINUTES)}:
        raise UsageError(_("a number of minutes"), repr(minutes[:40]), _("choose one from the list"))
    with writing():
        if minutes == "0":
            resume(garden().data)
        else:
            ask(garden().data, Pause.lasting(timedelta(minutes=int(minutes))))
    return redirect(back(), 303)
