"""Draws masks on the present picture, saved to masks.yaml."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import yaml
from flask import Blueprint, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response

from edge.errors import GardenwatchError, UsageError
from edge.language import _
from edge.masks import MaskFile, Masks
from edge.review.web import live
from edge.review.web.garden import garden
from edge.store.durable import replace_durably

MOST = 50
MOST_CORNERS = 200
DIGITS = 4
"""Of a corner: a tenth of a pixel of a large picture."""

view = Blueprint("masking", __name__)


@view.get("/masks")
def masks() -> str:
    """The picture with the masks; without scripts they are edited as text."""
    fault, present = "", Masks()
    try:
        present = MaskFile(garden().masks).read()
    except GardenwatchError as error:
        fault = str(error)
    now = live.look()
    return render_template(
        "masks.html",
        text=_text(present),
        fault=fault,
        version=_version(garden().masks),
        live=now,
        ratio=now.size[1] / now.size[0] if now and now.size else 9 / 16,
        file=garden().masks,
    )


@view.post("/masks")
def save() -> Response:
    """The whole list. A file that changed meanwhile stays; the earlier one is kept beside it as .bak."""
    path = garden().masks
    if request.form.get("version") != _version(path):
        todo = _("load the page again, then draw once more")
        raise UsageError(_("the masks that the page showed"), _("others, saved by somebody else since"), todo)
    written = _checked(request.form.get("masks", ""))
    plain = [mask.model_dump(mode="json") for mask in written.masks]
    text = yaml.safe_dump({"masks": plain}, default_flow_style=None, allow_unicode=True, sort_keys=False)
    part = path.with_name(f".{path.name}.part")
    try:
        if path.exists():
            path.with_name(f"{path.name}.bak").write_bytes(path.read_bytes())
        replace_durably(path, text.encode(), part)
    except OSError as error:
        todo = _("check the disk and the rights of this user")
        raise GardenwatchError(_("to write {path}").format(path=path), error.strerror or str(error), todo) from error
    return redirect(url_for("masking.masks"), 303)


def _checked(text: str) -> Masks:
    """Raises UsageError for what are no masks."""
    try:
        given = json.loads(text or "[]")
        if len(given) > MOST or any(len(one["polygon"]) > MOST_CORNERS for one in given):
            raise ValueError(_("too many"))
        for one in given:
            one["polygon"] = [[round(float(x), DIGITS), round(float(y), DIGITS)] for x, y in one["polygon"]]
            one["name"] = " ".join(str(one.get("name", "")).split())[:40]
        return Masks.model_validate({"masks": given})
    except (ValueError, TypeError, KeyError, RecursionError, ValidationError, AttributeError) as error:
        found = str(error).splitlines()[0][:120]
        example = '[{"name": "road", "kind": "ignore", "polygon": [[0, 0], [0.3, 0], [0.3, 0.2]]}]'
        raise UsageError(
            _("masks such as {example}").format(example=example), found, _("go back and mend them")
        ) from error


def _text(present: Masks) -> str:
    """One mask a line, so that it can be edited by hand."""
    lines = [json.dumps(mask.model_dump(mode="json"), ensure_ascii=False) for mask in present.masks]
    return "[" + ",\n ".join(lines) + "]"


def _version(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except OSError:
        return "none"
