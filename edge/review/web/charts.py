"""The charts of a span of days."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as midnight

from flask import Blueprint, Response, current_app, render_template, request
from markupsafe import Markup

from edge.language import _
from edge.review.charts.of_period import charts as draw
from edge.review.charts.style import STYLE
from edge.review.web.garden import album, chosen_garden, garden, garden_names, now
from edge.store.counts import Counts

SPANS = {"week": 7, "month": 30, "all": None}

KEEP_S = 60.0
KEPT = "gardenwatch-counts"
_counting = threading.Lock()

view = Blueprint("charts", __name__)


@view.get("/charts")
def charts() -> str:
    """Of the last week that had visitors, the last thirty days of it, or all."""
    chosen = request.args.get("span", "week")
    days = SPANS.get(chosen, 7)
    last = album().newest_at()
    end = min(now(), album().at_site(datetime.fromtimestamp(last, UTC)) if last else now())
    until = datetime.combine(end.date() + timedelta(days=1), midnight(), end.tzinfo)
    since = until - timedelta(days=days) if days else None
    counts = album().counts(since, until) if days else _of_all(chosen_garden())
    drawn = [(chart, Markup(chart.svg), Markup(chart.legend)) for chart in draw(counts, garden().labels)]
    return render_template(
        "charts.html",
        charts=drawn,
        spans=[("week", _("7 days")), ("month", _("30 days")), ("all", _("all"))],
        garden=chosen_garden(),
        gardens=garden_names(),
        chosen=chosen if chosen in SPANS else "week",
        since=counts.since.date(),
        until=_last_day(counts.until),
    )


@view.get("/charts.css")
def style() -> Response:
    """How charts look."""
    response = Response(STYLE, mimetype="text/css")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _of_all(name: str) -> Counts:
    """The whole record takes some tenths of a second, so it is counted once a minute, by one visitor for all."""
    with _counting:
        all_kept: dict[str, tuple[float, Counts]] = current_app.extensions.setdefault(KEPT, {})
        kept = all_kept.get(name)
        if kept is None or time.monotonic() - kept[0] > KEEP_S:
            kept = all_kept[name] = (time.monotonic(), album().counts())
        return kept[1]


def _last_day(until: datetime) -> date:
    return (until - timedelta(seconds=1)).date()
