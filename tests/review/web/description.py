"""The page's addresses, what may be asked of each, and what it answers, in OpenAPI's words.

The specification: https://spec.openapis.org/oas/v3.0.3
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, get_args

from flask import Flask

from edge.review.export.stream import Form
from edge.review.web import collecting, gallery, pausing

ID = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
TEXT = {"type": "string"}
DAY = {"type": "string", "format": "date"}
FILTER: dict[str, Any] = {
    "label": TEXT,
    "role": {"enum": ["pest", "beneficial", "neutral", "background"]},
    "since": DAY,
    "until": DAY,
    "sure": {"enum": list(gallery.SURE)},
    "judged": {"enum": ["no", "yes", "agrees", "differs"]},
}
LABEL = {"enum": ["slug", "bee", "unknown", "background"]}
ADDRESS = {"next": TEXT}
ASKED: dict[str, dict[str, Any]] = {
    "/gallery": FILTER | {"after": TEXT},
    "/sighting/<id>": FILTER | {"photo": TEXT},
    "/call": {"photo": TEXT},
    "/charts": {"span": {"enum": ["week", "month", "all"]}},
    "/rejected": {"before": {"type": "integer"}},
    "/export": FILTER,
    "/login": ADDRESS,
    "/photo/<id>": {"v": TEXT},
}
"""What stands behind the question mark."""
SENT: dict[str, dict[str, Any]] = {
    "/verdict": ADDRESS | {"id": ID, "label": LABEL, "by": TEXT},
    "/undo": ADDRESS,
    "/name": ADDRESS | {"name": TEXT},
    "/call/skip": {"id": ID},
    "/photo/delete": {"id": ID, "sure": {"enum": ["yes"]}},
    "/time": ADDRESS | {"time": {"type": "integer"}},
    "/collect": {"minutes": {"enum": ["0", *map(str, collecting.MINUTES)]}, "label": TEXT},
    "/pause": {"minutes": {"enum": ["0", *map(str, pausing.MINUTES)]}},
    "/masks": {"masks": TEXT, "version": TEXT},
    "/export": FILTER | {"form": {"enum": list(get_args(Form))}, "unjudged": {"enum": ["yes"]}},
    "/login": ADDRESS | {"name": TEXT, "password": TEXT},
    "/logout": {},
    "/language": ADDRESS | {"to": {"enum": ["en", "zh-CN"]}},
}
"""Fields of the forms."""
ANSWERED = {
    "/photo/<id>": "image/jpeg",
    "/photo/<id>/<int:number>": "image/jpeg",
    "/rejected/<id>": "image/jpeg",
    "/live.jpg": "image/jpeg",
    "/charts.css": "text/css",
    "/metrics": "text/plain",
}
"""What is no page."""
TOLD: dict[str, dict[str, Any]] = {
    "/live.json": {
        "required": ["there"],
        "properties": {"there": {"type": "boolean"}, "regions": {"type": "array"}, "at": TEXT},
    },
    "/export.json": {
        "required": ["state", "done", "total"],
        "properties": {
            "state": {"enum": ["", "running", "whole", "broken"]},
            "done": {"type": "integer"},
            "total": {"type": "integer", "nullable": True},
        },
    },
}
"""JSON."""


def described(app: Flask) -> Callable[..., Iterable[bytes]]:
    """The page, which besides tells of itself at /openapi.json."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            path = rule.rule.replace("<id>", "{id}").replace("<int:number>", "{number}")
            for method in (rule.methods or set()) & {"GET", "POST"}:
                paths.setdefault(path, {})[method.lower()] = _operation(rule.rule, method)
    text = json.dumps({"openapi": "3.0.3", "info": {"title": "Gardenwatch", "version": "1"}, "paths": paths}).encode()

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/openapi.json":
            start("200 OK", [("Content-Type", "application/json")])
            return [text]
        return app(environ, start)

    return answer


def _operation(rule: str, method: str) -> dict[str, Any]:
    inside = {"id": ID} if "<id>" in rule else {}
    if "<int:number>" in rule:
        inside["number"] = {"type": "integer"}
    given = [{"name": name, "in": "path", "required": True, "schema": kind} for name, kind in inside.items()]
    operation: dict[str, Any] = {"parameters": given, "responses": _responses(rule, method)}
    if method == "GET":
        given += [{"name": name, "in": "query", "schema": kind} for name, kind in ASKED.get(rule, {}).items()]
    elif fields := SENT[rule]:
        form = {"schema": {"type": "object", "properties": fields}}
        operation["requestBody"] = {"content": {"application/x-www-form-urlencoded": form}}
    return operation


def _responses(rule: str, method: str) -> dict[str, Any]:
    page = {"description": "a page", "content": {"text/html": {}}}
    good: dict[str, Any] = page
    if rule in TOLD:
        good = {"description": "told", "content": {"application/json": {"schema": {"type": "object"} | TOLD[rule]}}}
    elif rule in ANSWERED:
        good = {"description": "no page", "content": {ANSWERED[rule]: {}}}
    elif (rule, method) == ("/export", "POST"):
        kinds = ("text/csv", "application/jsonl", "application/zip")
        good = {"description": "a file", "content": {kind: {} for kind in kinds}}
    return {"200": good, "303": page, "400": page, "404": page, "413": page}
