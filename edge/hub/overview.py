"""The first view of many gardens: which of them works, and what came today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, jsonify, render_template

from edge.hub.album import HubAlbum
from edge.review.web.garden import album

SILENT = timedelta(seconds=30)
"""The storing tells the database every five seconds how it goes."""

view = Blueprint("today", __name__)


@dataclass(frozen=True, slots=True)
class Storing:
    """Since the database was made."""

    fresh: bool
    stored: int
    refused: int
    waiting: int
    lag_s: float


@view.get("/")
def today() -> str:
    """A line for each garden."""
    return render_template("gardens.html", gardens=album().gardens(), storing=_storing())


@view.get("/healthz")
def healthz() -> tuple[Response, int]:
    """For programs: 200 while somebody stores, else 503."""
    now = _storing()
    said = {"storing": now.fresh, "stored": now.stored, "refused": now.refused, "waiting": now.waiting}
    return jsonify(said | {"lag_s": round(now.lag_s, 3)}), 200 if now.fresh else 503


def _storing() -> Storing:
    opened = album()
    assert isinstance(opened, HubAlbum)
    kept = opened.storing()
    numbers = (kept["stored"], kept["refused"], kept["waiting"], kept["lag_s"])
    return Storing(datetime.now(UTC) - kept["at"] < SILENT, *numbers)
