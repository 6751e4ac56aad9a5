"""What the watcher sees now: its state, and the picture while nothing in it is hidden."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Blueprint, Response, abort, jsonify

from edge.glimpse import FOLDER, PICTURE, STATE, ask
from edge.review.web.garden import garden

FRESH = timedelta(seconds=20)
"""Older than some turns of the watcher: it has ended, or hangs."""

view = Blueprint("live", __name__)


@dataclass(frozen=True, slots=True)
class Live:
    """What the watcher left, some seconds ago."""

    at: datetime
    size: tuple[int, int] | None
    """Width and height of the frame; None where there is no picture."""
    regions: tuple[tuple[int, int, int, int], ...]
    camera: str
    scene: str
    lamp: bool
    board: str
    store: str
    here_now: int
    collecting_s: float
    collected: int
    rest: str
    strain: tuple[str, ...]

    @property
    def is_fresh(self) -> bool:
        """By the system's clock, which the watcher writes by, even where it is wrong."""
        return abs(datetime.now(UTC) - self.at) < FRESH


def look() -> Live | None:
    """Says that somebody looks; None where the watcher has left nothing yet."""
    try:
        ask(garden().data)
    except OSError:
        return None  # a disk that is full or read-only: the page shows what the record says
    return read(garden().data)


def read(data: Path) -> Live | None:
    """None where there is nothing, or it cannot be read."""
    try:
        values = json.loads((data / FOLDER / STATE).read_bytes())
        size = (int(values["size"][0]), int(values["size"][1])) if values["size"] else None
        regions = tuple((int(x), int(y), int(w), int(h)) for x, y, w, h in values["regions"])
        return Live(
            at=datetime.fromisoformat(values["at"]),
            size=size,
            regions=regions,
            camera=str(values["camera"]),
            scene=str(values["scene"]),
            lamp=bool(values["lamp"]),
            board=str(values["board"]),
            store=str(values["store"]),
            here_now=int(values["here_now"]),
            collecting_s=float(values["collecting_s"]),
            collected=int(values["collected"]),
            rest=str(values["rest"]),
            strain=tuple(str(kind) for kind in values["strain"]),
        )
    except (OSError, ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError):
        return None


@view.get("/live.json")
def state() -> Response:
    """For the page, which asks every two seconds while it is open."""
    live = look()
    if live is None or not live.is_fresh:
        return jsonify(there=False)
    return jsonify(there=True, at=live.at.isoformat(), size=live.size, regions=live.regions)


@view.get("/live.jpg")
def picture() -> Response:
    """The present picture."""
    try:
        content = (garden().data / FOLDER / PICTURE).read_bytes()
    except OSError:
        abort(404)
    return Response(content, mimetype="image/jpeg")
