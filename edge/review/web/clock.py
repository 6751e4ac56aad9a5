"""Takes the time from the visitor's browser where the device has none."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from edge.boot import boot_id
from edge.errors import UsageError
from edge.language import _
from edge.review.web.garden import album, garden
from edge.review.web.words import back
from edge.review.web.writing import writing
from edge.store.clock import ClockCorrection, take_time
from edge.store.schema import DATABASE, connect

log = logging.getLogger(__name__)

FIRST_YEAR, LAST_YEAR = 2024, 2100
"""A browser beyond them does not know the time either."""
PAUSE_S = 0.02
"""Between two steps of a correction, so that the watcher's own rows come first."""

view = Blueprint("clock", __name__)


def may_be_set() -> bool:
    """Whether the watcher of this computer, since it was switched on, does not know the time."""
    run = album().latest_run()
    return (
        run is not None and run.clock in ("untrusted", "corrected") and not run.set_since and run.boot_id == boot_id()
    )


@view.post("/time")
def set_time() -> Response:
    """What the browser's clock said when the form was sent. The system's clock is not touched."""
    tick_s = time.monotonic()
    if not may_be_set():
        raise UsageError(
            _("a device that does not know the time"),
            _("one that does"),
            _("nothing has to be done; its times are right"),
        )
    wall = _instant(request.form.get("time", ""))
    with writing():
        take_time(garden().data, boot_id(), wall, tick_s, "browser")
    threading.Thread(target=correct, args=(garden().data,), name="clock", daemon=True).start()
    return redirect(back(), 303)


def correct(data: Path) -> None:
    """The order of lists follows, a hundred rows at a time. What a crash leaves, the watcher's next start does."""
    correction = ClockCorrection()
    try:
        with closing(connect(data / DATABASE)) as db:
            while correction.step(db):
                time.sleep(PAUSE_S)
    except sqlite3.Error as error:
        log.warning("correction of times broken off error=%s", error)


def _instant(text: str) -> datetime:
    """Milliseconds since 1970, as browsers count; or a time typed by hand, in the site's zone."""
    try:
        if text.isdigit():
            wall = datetime.fromtimestamp(int(text) / 1000, UTC)
        else:
            typed = datetime.fromisoformat(text)
            zone = album().at_site(datetime.now(UTC)).tzinfo
            wall = (typed if typed.tzinfo else typed.replace(tzinfo=zone)).astimezone(UTC)
        if FIRST_YEAR <= wall.year < LAST_YEAR:
            return wall
    except (ValueError, OverflowError, OSError):
        pass
    raise UsageError(_("the time now"), repr(text[:40]), _("set the clock of the phone or computer you look with"))
