"""Other sites cannot act through a visitor's browser."""

from __future__ import annotations

import socket

import pytest

from edge.review.web.app import LARGEST_BYTES
from tests.review.web.conftest import SLUG, Browser, verdicts
from tests.store.conftest import Folder


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("127.0.0.1", 200),
        ("192.168.1.20:8000", 200),
        ("[::1]:8000", 200),
        (socket.gethostname(), 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("localhost.evil.example:8000", 400),
        ("", 400),
        ("[::1", 400),
        ("a b", 400),
    ],
)
def test_only_names_of_this_computer_are_answered(browser: Browser, host: str, status: int) -> None:
    assert browser.get("/", headers={"Host": host}).status_code == status


def test_a_wrong_name_is_told_with_what_to_do_in_the_visitors_language(browser: Browser) -> None:
    page = browser.get("/", headers={"Host": "garten.example:8000"})
    assert "The page does not answer to that name." in page.text
    assert "--name garten.example" in page.text
    page = browser.get("/", headers={"Host": "garten.example", "Accept-Language": "zh-CN"})
    assert "网页不使用这个名称" in page.text
    assert "<script" not in browser.get("/", headers={"Host": "<script>x</script>"}).text.split("</head>")[1]


@pytest.mark.parametrize("path", ["/", "/gallery", f"/photo/{SLUG}", "/nowhere", "/static/page.css"])
def test_every_answer_ties_the_browsers_hands(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/gallery", f"/sighting/{SLUG}", "/login", "/nowhere"])
def test_no_page_needs_what_the_policy_forbids(browser: Browser, path: str) -> None:
    page = browser.get(path).text
    for inline in ("<style", " style=", "javascript:", "onclick", "onload", "<script>", "http://", "https://"):
        assert inline not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")


@pytest.mark.parametrize("path", ["/verdict", "/undo", "/language", "/login", "/logout"])
def test_a_form_without_the_token_is_refused(browser: Browser, record: Folder, path: str) -> None:
    client = browser._client
    for token in ({}, {"csrf_token": "x"}, {"csrf_token": "IjEi.aaaa.bbbb"}):
        answer = client.post(path, data={"id": SLUG, "label": "bee", **token})
        assert answer.status_code == 400
        assert "came from another site" in answer.text
    assert verdicts(record) == []


def test_cookies_are_for_this_site_and_not_for_scripts(browser: Browser) -> None:
    cookies = browser.get("/").headers.getlist("Set-Cookie")
    assert cookies
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_what_is_huge_is_refused(browser: Browser) -> None:
    assert browser.post("/verdict", id=SLUG, label="x" * (LARGEST_BYTES + 1)).status_code == 413


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2f..%2fjudge.py", "/static//etc/passwd", "/%2e%2e/"],
)
def test_no_path_leads_out_of_the_page(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code in (404, 308)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_methods_that_no_form_has_are_refused(browser: Browser, method: str) -> None:
    assert browser._client.open("/verdict", method=method).status_code in (400, 405)
