"""What became no sighting: kept with its receipt as long as there is room, never at a sighting's cost."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict

import cv2

from edge.records import Image, Rejection
from edge.store import rows
from edge.store.photo_record import plain_json

HOUR_S = 3600.0
PER_HOUR = 30
"""Of each reason. A windy hour has hundreds of leaves; one every two minutes tells why, and is 0.1 MB."""
MOST = 3000
"""Rows kept, some 10 MB: days of wind, or weeks of quiet."""
WAITING = 16
"""A few seconds of a gust; more would be pictures in memory."""
LONGEST_PX = 160
"""Of a picture: enough to see whether it was a leaf."""


class RejectionLog:
    """Takes from the loop without waiting; the writer fetches when nothing else is to be done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Rejection] = deque(maxlen=WAITING)
        self._kept_s: dict[str, deque[float]] = {}

    def put(self, rejections: Iterable[Rejection]) -> None:
        """Of what fails for one reason within an hour (of ticks), the first `PER_HOUR` are kept."""
        with self._lock:
            for one in rejections:
                tick_s, kept_s = one.last_seen.tick_s, self._kept_s.setdefault(one.reason, deque(maxlen=PER_HOUR))
                if len(kept_s) < PER_HOUR or tick_s - kept_s[0] >= HOUR_S:
                    kept_s.append(tick_s)
                    self._waiting.append(one)

    def take(self) -> list[Rejection]:
        with self._lock:
            taken = list(self._waiting)
            self._waiting.clear()
            return taken


def add(db: sqlite3.Connection, run_id: str, rejections: list[Rejection]) -> None:
    """One transaction; the oldest beyond `MOST` go. Raises sqlite3.Error."""
    with rows.transaction(db):
        for one in rejections:
            values = {
                "id": one.id,
                "run_id": run_id,
                **rows.moment_values(one.first_seen, "first_seen", "first"),
                **rows.moment_values(one.last_seen, "last_seen", "last"),
                "reason": one.reason,
                "label": one.label,
                **rows.box_values(one.box),
                "receipt": json.dumps(asdict(one.receipt), default=plain_json),
                "picture": _small(one.shot.image) if one.shot else None,
            }
            rows.insert(db, "rejections", values, "")
        db.execute("DELETE FROM rejections WHERE number <= (SELECT max(number) FROM rejections) - ?", (MOST,))


def _small(image: Image) -> bytes | None:
    scale = min(1.0, LONGEST_PX / max(image.shape[:2]))
    try:
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
    except cv2.error:  # a shot without a pixel
        return None
