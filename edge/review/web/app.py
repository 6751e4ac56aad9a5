"""Puts the page together: views, words, guards."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from flask import Blueprint, Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import BadHost, HTTPException

from edge.errors import GardenwatchError, UsageError
from edge.language import _
from edge.review.export.camtrap import Incomplete
from edge.review.web import (
    access,
    accuracy,
    call,
    charts,
    clock,
    collecting,
    deleting,
    exporting,
    gallery,
    guard,
    judging,
    live,
    masking,
    menu,
    metrics,
    pausing,
    photos,
    rejected,
    sighting,
    today,
    words,
)
from edge.review.web.garden import Garden, garden, plant
from edge.review.web.patience import Patience
from edge.store.schema import DATABASE

VIEWS = (
    access,
    today,
    gallery,
    sighting,
    judging,
    call,
    charts,
    accuracy,
    photos,
    live,
    clock,
    masking,
    exporting,
    deleting,
    collecting,
    pausing,
    rejected,
    words,
    metrics,
)
ALL: tuple[Blueprint, ...] = tuple(module.view for module in VIEWS)
LARGEST_BYTES = 256 * 1024
"""Of a request. The largest that the page sends, a verdict on a whole page of sightings, has 3 kB."""
Page = Response | tuple[str, int]
"""What is answered instead, with its status."""
LONGEST_NAME = 60
"""Of what the browser called this computer, repeated to it."""


def create_app(
    garden: Garden,
    names: frozenset[str] = frozenset(),
    secret: str | None = None,
    patience: Patience | None = None,
    views: Sequence[Blueprint] = ALL,
    rights: Mapping[str, access.Needed] = access.RIGHTS,
) -> Flask:
    """The page of that garden, as a WSGI application.

    `names` are further names that a browser may call this computer by. Without a secret, sessions end with the process.
    """
    app = Flask("edge.review.web", static_folder="static", template_folder="templates")
    app.config.update(
        SECRET_KEY=secret or secrets.token_hex(32),
        MAX_CONTENT_LENGTH=LARGEST_BYTES,
        SESSION_COOKIE_NAME="gardenwatch",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        WTF_CSRF_TIME_LIMIT=None,  # a page stays open for a whole lesson; the token ends with the session
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    plant(app, garden)
    words.teach(app)  # first, so that the visitor understands also why nothing else is answered
    guard.protect(app, names)
    CSRFProtect(app)
    app.jinja_env.globals.update(last_verdict=judging.last_verdict, views=menu.views, visitor=judging.who)
    app.jinja_env.globals.update(time_may_be_set=clock.may_be_set, offers=lambda endpoint: endpoint in rights)
    access.restrict(app, patience, rights)
    for view in views:
        app.register_blueprint(view)
    access.refuse_forgotten(app)
    if exporting.view in views:
        exporting.install(app)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(guard.UnknownName, _called_otherwise)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(GardenwatchError, _mendable)
    app.register_error_handler(Exception, _unforeseen)
    return app


def _stale(_error: CSRFError) -> Page:
    todo = _("go back, load the page again, and try once more")
    return _page(400, _("That form was too old, or came from another site."), todo)


def _called_otherwise(_error: guard.UnknownName) -> Page:
    todo = _("use an address made of numbers, such as http://192.168.1.20:8000/, or start the page with --name {name}")
    name = request.host.rsplit(":", 1)[0][:LONGEST_NAME] or "NAME"
    return _page(400, _("The page does not answer to that name."), todo.format(name=name))


def _http(error: HTTPException) -> Page:
    status = error.code or 500
    said = {
        401: _("Log in first."),
        403: _("You may look, but not change anything."),
        404: _("There is no such page."),
        405: _("That cannot be done here."),
        413: _("That was too much at once."),
    }
    return _page(status, said.get(status, _("The page did not understand that.")), _("go back, or begin at Today"))


def _mendable(error: GardenwatchError) -> Page:
    """What a form asked for wrongly, or what is not there now."""
    found = _("expected {expected}; found {found}").format(expected=error.expected, found=error.found)
    if not garden().has_many and not (garden().data / DATABASE).exists():
        return _page(503, _("Nothing was ever watched here"), error.todo, found)
    if isinstance(error, UsageError | Incomplete) and request.method == "POST":
        return _page(400, _("That cannot be taken so."), error.todo, found)
    return _page(503, _("That does not work just now."), error.todo, found)


def _unforeseen(_error: Exception) -> Page:
    """Flask has logged it."""
    return _page(500, _("Something went wrong that should not."), _("try again; the program's log has the details"))


def _page(status: int, said: str, todo: str, found: str = "") -> Page:
    if isinstance(request.routing_exception, BadHost):  # whose addresses, the template's among them, cannot be built
        return Response(f"{said}\n{todo}\n", status, content_type="text/plain; charset=utf-8")
    return render_template("error.html", said=said, todo=todo, found=found, status=status), status
