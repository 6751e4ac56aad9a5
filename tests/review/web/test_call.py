"""What needs a person's word comes one after the other."""

from __future__ import annotations

from tests.review.web.conftest import BEE, ODD, SLUG, Browser, verdicts
from tests.store.conftest import Folder


def asked(browser: Browser) -> str:
    """Which sighting the page asks for; empty where it asks for none."""
    page = browser.get("/call").text
    return next((id for id in (SLUG, BEE, ODD) if f'name="id" value="{id}"' in page), "")


def test_one_after_the_other_until_all_are_done(browser: Browser, record: Folder) -> None:
    assert "0 done, 3 to go" in browser.get("/call").text
    order = []
    while id := asked(browser):
        order.append(id)
        assert browser.post("/verdict", id=id, label="bee", next="/call").request.path == "/call"
    assert order == [BEE, SLUG, ODD], "the first of each class by its name, then what the machine did not know"
    assert len(verdicts(record)) == 3
    assert "You judged 3." in browser.get("/call").text


def test_undoing_brings_it_back(browser: Browser) -> None:
    first = asked(browser)
    browser.post("/verdict", id=first, label="bee", next="/call")
    assert asked(browser) != first
    page = browser.post("/undo", next="/call")
    assert "0 done, 3 to go" in page.text
    assert asked(browser) == first


def test_what_is_left_for_later_comes_again_when_it_is_asked_for(browser: Browser) -> None:
    first = asked(browser)
    for _ in range(3):
        browser.post("/call/skip", id=asked(browser))
    assert asked(browser) == ""
    assert "Only what you left for later" in browser.get("/call").text
    browser.post("/call/skip")
    assert asked(browser) == first


def test_the_question_says_why_it_is_asked(browser: Browser) -> None:
    assert "The first Bee here. Is it one?" in browser.get("/call").text
    for _ in range(2):
        browser.post("/call/skip", id=asked(browser))
    assert "The machine does not know it. Do you?" in browser.get("/call").text


def test_viewers_are_not_asked(guarded: Browser) -> None:
    assert "Your call" not in guarded.log_in("viewer").text
    assert guarded.get("/call").status_code == 403
