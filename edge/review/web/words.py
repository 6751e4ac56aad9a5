"""The visitor's language, and how the page puts values into words."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Flask, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from edge import language
from edge.language import _, _n, current, spaced
from edge.review.listing import roles, why_no_photo
from edge.review.reasons import blind_in_words
from edge.review.story import name_of
from edge.review.web.garden import garden
from edge.store.reading import Row

COOKIE = "language"
YEAR_S = 365 * 24 * 3600

view = Blueprint("words", __name__)


def teach(app: Flask) -> None:
    """Templates know these words; each visitor is spoken to in the language of the cookie, else of the browser."""

    @app.before_request
    def speak() -> None:
        chosen = request.cookies.get(COOKIE) or request.accept_languages.best_match(["zh", "zh-cn", "en"])
        language.use_here(chosen if chosen in ("zh", "zh-cn", "zh-CN", "en") else None)

    @app.teardown_request
    def be_silent(_error: BaseException | None) -> None:
        language.use_here(None)

    app.jinja_env.globals.update(
        _=_,
        _n=_n,
        current_language=lambda: "zh-CN" if current().startswith("zh") else "en",
        name=name,
        role_name=lambda role: roles().get(role, role),
        kind=kind,
        garden_name=lambda device: garden().names.get(device, device),
        why_no_photo=why_no_photo,
        blind=blind_in_words,
        span=span_in_words,
        sure_in_words=sure_in_words,
        judged_in_words=judged_in_words,
    )
    app.jinja_env.filters.update(clock=clock, day=day, percent=percent, spaced=spaced)


@view.post("/language")
def choose_language() -> AnyResponse:
    """Remembered in a cookie, so that each visitor has an own one."""
    response: AnyResponse = redirect(back(), 303)
    if request.form.get("to") in ("en", "zh-CN"):
        response.set_cookie(COOKIE, request.form["to"], YEAR_S, samesite="Lax", httponly=True)
    return response


def back(default: str = "/") -> str:
    """Where the form wants to go on: a place of this page, never another site."""
    wanted = request.form.get("next", default)
    parts = urlsplit(wanted) if wanted.isprintable() and "\\" not in wanted else None
    if parts is None or parts.scheme or parts.netloc or not wanted.startswith("/") or wanted.startswith("//"):
        return default
    return wanted


def name(key: str) -> str:
    """Of a label, for the visitor."""
    return _("no animal") if key == "background" else name_of(key, garden().labels)


def kind(row: Row) -> str:
    """The colour of a sighting: its role, or `unknown`."""
    return "unknown" if row.truth == "unknown" else row.truth_role


def clock(moment: datetime) -> str:
    """The time of day."""
    return f"{moment:%H:%M}"


def day(moment: datetime, now: datetime) -> str:
    """Today and yesterday by name, other days by their date."""
    days = (now.date() - moment.date()).days
    if days == 0:
        return _("today")
    return _("yesterday") if days == 1 else f"{moment:%Y-%m-%d}"


def sure_in_words() -> dict[str, str]:
    """How sure the machine was, by what stands in the address."""
    return {
        "high": _("sure (90 % and more)"),
        "middle": _("fairly sure (60 to 90 %)"),
        "low": _("not sure (under 60 %)"),
    }


def judged_in_words() -> dict[str, str]:
    """What people said, by what stands in the address."""
    return {
        "no": _("not judged yet"),
        "yes": _("judged"),
        "agrees": _("judged as the machine says"),
        "differs": _("judged as something else"),
    }


def percent(part: float) -> str:
    return f"{part:.0%}"


def span_in_words(seconds: float) -> str:
    """A length of time, as people say it."""
    if seconds < 90:
        return _("{count} s").format(count=round(seconds))
    if seconds < 90 * 60:
        return _("{count} min").format(count=round(seconds / 60))
    return _("{count:.1f} h").format(count=timedelta(seconds=seconds) / timedelta(hours=1))
