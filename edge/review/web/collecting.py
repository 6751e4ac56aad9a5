"""Asks the watcher to keep crops for a new data set."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from edge.collect.settings import CLASS_NAME
from edge.collect.wishes import LONGEST_MINUTES, Wish, ask
from edge.errors import UsageError
from edge.language import _
from edge.review.web.garden import garden
from edge.review.web.words import back
from edge.review.web.writing import writing

MINUTES = (10, 30, 60, LONGEST_MINUTES)

view = Blueprint("collecting", __name__)


@view.post("/collect")
def collect() -> Response:
    """For so many minutes, with a label where one is known; 0 stops. They go into `collected` in the data folder."""
    label = request.form.get("label", "").strip() or None
    if label is not None and not CLASS_NAME.fullmatch(label):
        expected = _("the name of a class: a letter, then letters, digits, blanks, hyphens")
        raise UsageError(expected, repr(label[:40]), _("choose another name"))
    minutes = request.form.get("minutes", "")
    if minutes not in {"0", *map(str, MINUTES)}:
        raise UsageError(_("a number of minutes"), repr(minutes[:40]), _("choose one from the list"))
    with writing():
        ask(garden().data, Wish(label, int(minutes)))
    return redirect(back(), 303)
