"""Each visitor is spoken to in an own language."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from edge import language
from tests.review.web.conftest import Browser

CHINESE, ENGLISH = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}, {"Accept-Language": "en-GB,en"}


def test_the_browser_says_which_language_it_speaks(browser: Browser) -> None:
    assert 'lang="zh-CN"' in browser.get("/", headers=CHINESE).text
    assert "蛞蝓" in browser.get("/", headers=CHINESE).text
    assert 'lang="en"' in browser.get("/", headers=ENGLISH).text
    assert language.current() == "en", "only that visitor was spoken to in Chinese"


def test_a_choice_is_remembered_and_goes_before_the_browsers(browser: Browser) -> None:
    page = browser.post("/language", to="zh-CN", next="/gallery")
    assert (page.request.path, "相册" in page.text) == ("/gallery", True)
    assert "相册" in browser.get("/gallery", headers=ENGLISH).text
    browser.post("/language", to="en")
    assert "Gallery" in browser.get("/gallery", headers=CHINESE).text


def test_a_language_that_is_not_spoken_is_answered_in_the_common_one(browser: Browser) -> None:
    browser.post("/language", to="../../etc")
    assert "Gallery" in browser.get("/gallery", headers={"Accept-Language": "fr"}).text


def test_two_visitors_at_once_do_not_hear_each_others_language(browser: Browser) -> None:
    app = browser._client.application

    def heard(asked: dict[str, str]) -> bool:
        page = app.test_client().get("/gallery", headers=asked).text
        return ("相册" in page, "Gallery" in page) == ((True, False) if asked is CHINESE else (False, True))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(heard, [CHINESE, ENGLISH] * 20))
