"""Strangers log in, viewers see, teachers judge."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from flask import Flask

from edge.errors import ConfigError
from edge.review.web import passwords
from edge.review.web.access import refuse_forgotten
from edge.review.web.app import create_app
from edge.review.web.garden import Garden
from edge.review.web.patience import FREE, FREE_FOR_ALL, LONGEST_S, Patience
from tests.review.web.conftest import LABELS, PASSWORDS, SLUG, Browser, Clock, verdicts
from tests.store.conftest import Folder


def test_a_stranger_sees_nothing_but_the_form(guarded: Browser, record: Folder) -> None:
    for path in ("/", "/gallery", f"/sighting/{SLUG}"):
        page = guarded.get(path)
        assert page.request.path == "/login"
        assert "Slug" not in page.text
    assert guarded.get(f"/photo/{SLUG}").status_code == 401
    assert guarded.post("/verdict", id=SLUG, label="bee").status_code == 401
    assert verdicts(record) == []


def test_a_teacher_comes_to_where_was_wanted_and_judges_by_name(guarded: Browser, record: Folder) -> None:
    guarded.get("/gallery?role=pest")
    page = guarded.post("/login", name="Ms Wang", password=PASSWORDS["teacher"], next="/gallery?role=pest")
    assert page.request.full_path == "/gallery?role=pest"
    guarded.post("/verdict", id=SLUG, label="bee")
    assert verdicts(record) == [(SLUG, "bee", "Ms Wang")]


def test_a_viewer_sees_but_changes_nothing(guarded: Browser, record: Folder) -> None:
    page = guarded.log_in("viewer")
    assert "3 visitors" in page.text
    assert "What do you say?" not in guarded.get(f"/sighting/{SLUG}").text
    assert 'type="checkbox"' not in guarded.get("/gallery").text
    assert guarded.post("/verdict", id=SLUG, label="bee").status_code == 403
    assert guarded.post("/undo").status_code == 403
    assert verdicts(record) == []
    assert "相册" in guarded.post("/language", to="zh-CN", next="/gallery").text


ANYBODY = {"GET /static/<path:filename>", "GET /login", "POST /login", "POST /language"}
VIEWER = {
    *("GET /", "GET /gallery", "GET /sighting/<id>", "GET /photo/<id>", "GET /photo/<id>/<int:number>"),
    *("GET /rejected", "GET /rejected/<id>", "GET /charts", "GET /charts.css", "GET /accuracy"),
    *("GET /live.json", "GET /live.jpg", "GET /metrics", "POST /logout"),
}
TEACHER = {
    *("POST /verdict", "POST /undo", "POST /name", "GET /call", "POST /call/skip", "POST /pause", "POST /photo/delete"),
    *("POST /time", "POST /collect", "GET /masks", "POST /masks", "GET /export", "POST /export", "GET /export.json"),
}


def routes() -> list[str]:
    """Every method and address that the page answers to."""
    rules = create_app(Garden(Path(), LABELS, Path("masks.yaml"), 0.35)).url_map.iter_rules()
    return sorted(f"{method} {rule.rule}" for rule in rules for method in (rule.methods or set()) & {"GET", "POST"})


def test_each_route_is_known_here_with_who_may_use_it() -> None:
    assert routes() == sorted(ANYBODY | VIEWER | TEACHER)


def ask(browser: Browser, route: str) -> int:
    """The status; 303 where the form for logging in is shown instead."""
    method, path = route.split(" ")
    path = path.replace("<id>", SLUG).replace("<int:number>", "1").replace("<path:filename>", "page.css")
    answer = browser.get(path) if method == "GET" else browser.post(path)
    return 303 if answer.request.path == "/login" and path not in ("/login", "/logout") else answer.status_code


@pytest.mark.parametrize("route", routes())
def test_strangers_viewers_and_teachers_come_as_far_as_they_may(guarded: Browser, route: str) -> None:
    """What is let through may still find nothing, or too little said; what is not is always refused the same way."""
    refused = {303, 401, 403}
    if route not in ANYBODY:
        assert ask(guarded, route) in refused - {403}
    guarded.log_in("viewer")
    assert (ask(guarded, route) == 403) is (route in TEACHER)
    guarded.forget()
    guarded.log_in("teacher")
    assert ask(guarded, route) not in refused or route == "POST /login"


def test_a_view_of_which_nobody_said_who_may_ask_it_starts_nothing(browser: Browser) -> None:
    app = Flask("another")
    app.add_url_rule("/secret", "secret", lambda: "secret")
    with pytest.raises(RuntimeError, match="secret"):
        refuse_forgotten(app)


def test_who_logs_out_is_a_stranger_again(guarded: Browser) -> None:
    guarded.log_in("teacher")
    assert guarded.post("/logout").request.path == "/login"
    assert guarded.get("/gallery").request.path == "/login"


def test_a_changed_password_ends_the_sessions_of_that_role(guarded: Browser, record: Folder) -> None:
    guarded.log_in("teacher")
    passwords.write(record.path, "viewer", "another viewer's word")
    assert guarded.get("/gallery").request.path == "/gallery"
    passwords.write(record.path, "teacher", "another teacher's word")
    assert guarded.get("/gallery").request.path == "/login"


@pytest.mark.parametrize("password", ["", "wrong", PASSWORDS["teacher"] + " ", "x" * 100_000, "\0", "密码"])
def test_a_wrong_password_is_refused(guarded: Browser, password: str) -> None:
    page = guarded.post("/login", name="Li", password=password)
    assert (page.status_code, "That password is wrong." in page.text) == (401, True)


def test_guessing_becomes_slow_and_the_right_password_waits_too(guarded: Browser, clock: Clock) -> None:
    for _ in range(FREE):
        assert guarded.post("/login", name="Li", password="wrong").status_code == 401
    page = guarded.log_in("teacher")
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) == 2
    clock.now += 2.1
    assert guarded.post("/login", name="Li", password="wrong").status_code == 401
    clock.now += 2.1
    assert guarded.log_in("teacher").status_code == 429, "the wait has doubled"
    clock.now += 2.1
    assert guarded.log_in("teacher").status_code == 200
    guarded.forget()
    assert guarded.post("/login", name="Li", password="wrong").status_code == 401, "a right one begins anew"


def test_a_thousand_guesses_take_days_from_one_address_and_from_many(clock: Clock) -> None:
    for addresses in (["a"], [f"10.0.0.{n}" for n in range(200)]):
        patience, start = Patience(clock), clock.now
        for n in range(1000):
            clock.now += patience.wait_s(addresses[n % len(addresses)])
            if clock.now > start and patience.wait_s(addresses[n % len(addresses)]):
                continue
        assert clock.now - start > (1000 - FREE_FOR_ALL - 10) * LONGEST_S / 2


def test_without_a_password_who_sits_there_is_the_teacher(browser: Browser) -> None:
    assert "What do you say?" in browser.get(f"/sighting/{SLUG}").text
    assert "Log out" not in browser.get("/").text


def test_the_file_holds_no_password_and_only_its_owner_reads_it(guarded: Browser, record: Folder) -> None:
    file = record.path / passwords.FILE
    assert not any(word in file.read_text() for word in PASSWORDS.values())
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.chmod(0o640)
        with pytest.raises(ConfigError, match="chmod 600"):
            passwords.read(record.path)
        assert guarded.get("/").status_code == 503, "nobody is let in by mistake"


def test_a_damaged_file_lets_nobody_in(guarded: Browser, record: Folder) -> None:
    file = record.path / passwords.FILE
    for text in ("", "{}", "[]", '{"secret": 1, "other": 2}'):
        file.write_text(text)
        assert guarded.get("/gallery").status_code == 503
    file.write_text('{"secret": "x", "teacher": "scrypt$1$nonsense", "viewer": ""}')
    assert guarded.log_in("teacher").status_code == 401


def test_the_real_hash_is_as_slow_as_it_says(record: Folder) -> None:
    passwords.write(record.path, "teacher", "a long password")
    kept = passwords.read(record.path)
    assert kept is not None
    assert kept.teacher.startswith(f"scrypt${2**15}$8$3$")
    assert (kept.who("a long password"), kept.who("a long passwore"), kept.who("")) == ("teacher", None, None)


def test_where_others_can_ask_a_lost_password_file_lets_nobody_in(record: Folder) -> None:
    outside = Garden(record.path, LABELS, record.path / "masks.yaml", 0.35, reached_from_outside=True)
    browser = Browser(create_app(outside).test_client())
    assert browser.get("/gallery").request.path == "/login"
    assert browser.post("/login", name="Li", password="").status_code == 401
    assert browser.post("/verdict", id=SLUG, label="bee").status_code == 401
