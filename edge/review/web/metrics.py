"""How the watcher is, in the text format that Prometheus collects.

The format: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response

from edge.heartbeat import EVERY_S, read
from edge.review.web.garden import garden

view = Blueprint("metrics", __name__)

DEAD_S = 4 * EVERY_S
"""A heartbeat as old as this is no watcher's; one that is late because the card is busy may be half as old."""
MB = 2**20

Sample = tuple[dict[str, str], float]

PLAIN = (
    ("frames_total", "counter", "frames", "Frames of this run."),
    ("frames_missed_total", "counter", "frames_missed", "Frames that came while the watcher was busy."),
    ("watched_seconds_total", "counter", "watched_s", "Seconds of this run in which something could be seen."),
    ("sightings_total", "counter", "sightings", "Sightings of this run that are safe on the disk."),
    ("sightings_lost_total", "counter", "sightings_lost", "Sightings given up because nothing could be written."),
    ("here_now", "gauge", "here_now", "Animals in view now."),
    ("queue", "gauge", "queue", "Sightings that wait for the disk."),
    ("messages_waiting", "gauge", "messages_waiting", "Messages to people and the broker that wait for a network."),
    (
        "restarts_total",
        "counter",
        "restarts",
        "Starts of the watcher since the computer was switched on, but the first.",
    ),
    ("camera_reopened_total", "counter", "camera_reopened", "How often the camera came back."),
    ("board_restarts_total", "counter", "board_restarts", "How often the board was connected anew."),
    ("temperature_celsius", "gauge", "temperature_c", "The processor's, where the computer tells it."),
)
"""Name, type, name in the heartbeat, help."""
REASONED = (
    ("blind_seconds_total", "blind_s", "Seconds of this run in which nothing could be seen."),
    ("resting_seconds_total", "resting_s", "Seconds of this run in which nobody was to watch."),
)
"""Name, name in the heartbeat, help; one sample for each reason."""
STATES = {"camera": "open", "scene": "seen", "store": "ok", "board": "ready"}
"""Each part of the watcher, and its state when all is well."""


@view.get("/metrics")
def metrics() -> Response:
    """Also where there is no watcher: then it says so."""
    lines = [
        line
        for name, kind, text, samples in families(read(garden().data), time.time())
        for line in _family(name, kind, text, samples)
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def families(beat: dict[str, Any] | None, now: float) -> Iterator[tuple[str, str, str, list[Sample]]]:
    """Name, type, help and samples of each; those without samples are left out."""
    beat = beat or {}
    beaten = _time(beat.get("at"))
    age_s = None if beaten is None else max(0.0, now - beaten)
    up = age_s is not None and age_s < DEAD_S and beat.get("state") == "watching"
    yield "up", "gauge", "1 while a watcher runs on this record.", [({}, float(up))]
    if beaten is not None:
        yield "heartbeat_timestamp_seconds", "gauge", "When the watcher last said how it is.", [({}, beaten)]
    for name, kind, key, text in PLAIN:
        if (value := _number(beat.get(key))) is not None:
            yield name, kind, text, [({}, value)]
    for name, key, text in REASONED:
        if isinstance(by_reason := beat.get(key), dict):
            found = [({"reason": str(reason)}, _number(one)) for reason, one in by_reason.items()]
            yield name, "counter", text, [(labels, value) for labels, value in found if value is not None]
    parts = [
        ({"part": part, "state": str(beat[part])}, float(beat[part] == well))
        for part, well in STATES.items()
        if part in beat
    ]
    yield "part_well", "gauge", "1 where that part of the watcher is well.", parts
    for name, key in (("disk_free_bytes", "disk_free_mb"), ("disk_size_bytes", "disk_total_mb")):
        if (value := _number(beat.get(key))) is not None:
            yield name, "gauge", "Of the disk that the record is on.", [({}, value * MB)]
    error = beat.get("last_error")
    if isinstance(error, dict) and (at := _time(error.get("at"))) is not None:
        yield (
            "last_error_timestamp_seconds",
            "gauge",
            "When the watcher last warned; the heartbeat has the words.",
            [({}, at)],
        )


def _family(name: str, kind: str, text: str, samples: list[Sample]) -> Iterator[str]:
    if not samples:
        return
    yield f"# HELP gardenwatch_{name} {text}"
    yield f"# TYPE gardenwatch_{name} {kind}"
    for labels, value in samples:
        told = ",".join(f'{key}="{_escaped(one)}"' for key, one in labels.items())
        yield f"gardenwatch_{name}{{{told}}} {value!r}" if told else f"gardenwatch_{name} {value!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, int | float) else None
    except OverflowError:
        return None


def _time(text: object) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None
    except (ValueError, OverflowError):
        return None
