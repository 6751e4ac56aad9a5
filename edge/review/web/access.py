"""Who may do what: viewers see, teachers judge, strangers log in first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from flask import Blueprint, Flask, abort, current_app, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from edge.language import _
from edge.review.web import passwords, programs
from edge.review.web.garden import garden
from edge.review.web.judging import clean
from edge.review.web.patience import Patience
from edge.review.web.words import back

Needed = Literal["anybody", "viewer", "teacher"]
RIGHTS: dict[str, Needed] = {
    **dict.fromkeys(("static", "access.login", "access.log_in", "words.choose_language"), "anybody"),
    **dict.fromkeys(("access.log_out", "today.today", "gallery.gallery", "sighting.sighting"), "viewer"),
    **dict.fromkeys(("photos.photo", "photos.further", "rejected.rejected", "rejected.picture"), "viewer"),
    **dict.fromkeys(("charts.charts", "charts.style", "accuracy.accuracy", "live.state", "live.picture"), "viewer"),
    "metrics.metrics": "viewer",
    **dict.fromkeys(("judging.verdict", "judging.undo", "judging.rename", "call.call", "call.skip"), "teacher"),
    **dict.fromkeys(("deleting.delete", "clock.set_time", "collecting.collect", "pausing.pause"), "teacher"),
    **dict.fromkeys(("masking.masks", "masking.save"), "teacher"),
    **dict.fromkeys(("exporting.export", "exporting.state", "exporting.download"), "teacher"),
}
"""Who may ask what, by endpoint. None may be left out: see `refuse_forgotten`."""
PICTURES = frozenset({"photos.photo", "photos.further", "rejected.picture", "live.picture", "live.state"})
"""What no person opens as a page: a stranger is refused, not led to the form."""
PATIENCE = "gardenwatch-patience"
KEPT_RIGHTS = "gardenwatch-rights"
LONGEST = 200
"""Of a password; hashing a megabyte would be work for nothing."""

view = Blueprint("access", __name__)


def restrict(app: Flask, patience: Patience | None = None, rights: Mapping[str, Needed] = RIGHTS) -> None:
    """Where a password was set, asks for it; where none was, who sits at this computer is the teacher."""
    app.extensions[PATIENCE] = patience or Patience()
    app.extensions[KEPT_RIGHTS] = rights
    app.before_request(_ask)
    app.jinja_env.globals.update(may_judge=may_judge, needs_login=needs_login, role=role)


def refuse_forgotten(app: Flask) -> None:
    """Raises RuntimeError where nobody has said who may ask for an endpoint: a new view must not be open by mistake."""
    unlike = {rule.endpoint for rule in app.url_map.iter_rules()} ^ app.extensions.get(KEPT_RIGHTS, RIGHTS).keys()
    if unlike:
        raise RuntimeError(f"expected each endpoint in RIGHTS; found other ones: {sorted(unlike)}; add or remove them")


def needs_login() -> bool:
    """Whether a password was set."""
    return bool(g.get("needs_login", False))


def role() -> str:
    """teacher, viewer, or empty for a stranger."""
    return str(g.get("role", ""))


def may_judge() -> bool:
    return role() == "teacher"


def _ask() -> Response | None:
    """The file is read anew for each request, so that a changed password counts at once."""
    kept = passwords.read(garden().data)
    g.needs_login, g.role = kept is not None or garden().reached_from_outside, _role(kept)
    rights: Mapping[str, Needed] = current_app.extensions[KEPT_RIGHTS]
    needed = rights.get(request.endpoint or "", "viewer")  # without an endpoint there is no such page
    if needed == "anybody":
        return None
    if not g.role and kept is not None and request.endpoint in programs.ADDRESSES:
        answer = programs.role_of(kept, current_app.extensions[PATIENCE])
        if isinstance(answer, Response):
            return answer
        g.role = answer
    if not g.role:
        if request.method != "GET" or request.endpoint in PICTURES:
            abort(401)
        wanted = request.full_path if request.query_string else request.path
        return redirect(url_for("access.login", next=wanted), 303)
    if needed == "teacher" and g.role != "teacher":
        abort(403)
    return None


def _role(kept: passwords.Passwords | None) -> str:
    if kept is None:
        return "" if garden().reached_from_outside else "teacher"
    own = str(session.get("role", ""))
    return own if own and session.get("stamp") == kept.stamp(own) else ""


@view.get("/login")
def login() -> str | Response:
    """The form."""
    if not needs_login():
        return redirect("/", 303)
    return render_template("login.html", wrong="", wanted=request.args.get("next", "/"))


@view.post("/login")
def log_in() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """By name and password; the password says whether it is a teacher."""
    address, patience = request.remote_addr or "", current_app.extensions[PATIENCE]
    kept = passwords.read(garden().data)
    if kept is None and not needs_login():
        return redirect("/", 303)
    wait = math.ceil(patience.wait_s(address))
    if wait:
        text = _("Too many wrong passwords. Try again in {seconds} s.").format(seconds=wait)
        page = render_template("login.html", wrong=text, wanted=back())
        return page, 429, {"Retry-After": str(wait)}
    password = request.form.get("password", "")
    who = kept.who(password) if kept and len(password) <= LONGEST else None
    if kept is None or who is None:
        return render_template("login.html", wrong=_("That password is wrong."), wanted=back()), 401
    patience.was_right(address)
    name = clean(request.form.get("name", ""))
    session.clear()  # nothing of what a stranger had goes on
    session.update(role=who, stamp=kept.stamp(who), name=name)
    return redirect(back(), 303)


@view.post("/logout")
def log_out() -> Response:
    session.clear()
    return redirect(url_for("access.login"), 303)
