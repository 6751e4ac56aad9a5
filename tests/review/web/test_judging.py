"""People say what it was, and take it back."""

from __future__ import annotations

import sys

import pytest

from edge.store.reading import Sightings
from tests.review.web.conftest import BEE, ODD, SLUG, Browser, judge, verdicts
from tests.rights import without_rights
from tests.store.conftest import Folder


def truth(folder: Folder) -> dict[str, str]:
    return dict(folder.query("SELECT id, truth FROM sightings"))


def test_a_verdict_counts_with_who_said_it(browser: Browser, record: Folder) -> None:
    page = browser.post("/verdict", id=SLUG, label="bee", by=" Li \n Hua ", next=f"/sighting/{SLUG}")
    assert page.request.path == f"/sighting/{SLUG}"
    assert verdicts(record) == [(SLUG, "bee", "Li Hua")]
    assert truth(record)[SLUG] == "bee"
    assert "1 judged as Bee" in page.text
    browser.post("/verdict", id=BEE, label="bee")
    assert verdicts(record)[-1] == (BEE, "bee", "Li Hua"), "the name is remembered"


def test_many_are_judged_at_once_and_taken_back_at_once(browser: Browser, record: Folder) -> None:
    judge(record, BEE, "slug", "pest")
    page = browser.post(
        "/verdict", id=[SLUG, BEE, ODD, SLUG], label="background", by="Li Hua", next="/gallery?sure=low"
    )
    assert page.request.full_path == "/gallery?sure=low"
    assert "3 judged as no animal" in page.text
    assert set(truth(record).values()) == {"background"}
    page = browser.post("/undo", next="/gallery")
    assert truth(record) == {SLUG: "slug", BEE: "slug", ODD: "unknown"}, "as before, the earlier verdict too"
    assert len(verdicts(record)) == 7, "nothing was removed"
    assert "Undo" not in page.text
    browser.post("/undo")
    assert len(verdicts(record)) == 7, "only once"


def test_a_name_that_was_given_stands_beside_what_is_judged_from_then_on(browser: Browser, record: Folder) -> None:
    page = browser.post("/name", name="  Li\tHua <3" + "!" * 60, next="/call")
    assert 'value="Li Hua &lt;3!!!' in page.text
    browser.post("/verdict", id=SLUG, label="bee")
    assert verdicts(record) == [(SLUG, "bee", ("Li Hua <3" + "!" * 60)[:40])]


def test_what_somebody_else_judged_since_then_stays(browser: Browser, record: Folder) -> None:
    browser.post("/verdict", id=[SLUG, BEE], label="background", by="Li Hua")
    judge(record, BEE, "slug", "pest")
    browser.post("/undo")
    assert (truth(record)[SLUG], truth(record)[BEE]) == ("slug", "slug")


def test_what_was_taken_back_stays_so_when_a_later_judge_takes_back_too(
    browser: Browser, other: Browser, record: Folder
) -> None:
    browser.post("/verdict", id=SLUG, label="background", by="Li Hua")
    other.post("/verdict", id=SLUG, label="bee", by="Wang Wei")
    browser.post("/undo")
    assert truth(record)[SLUG] == "bee", "what somebody else said meanwhile stays"
    other.post("/undo")
    assert truth(record)[SLUG] == "slug", "the machine's, for both took theirs back"
    page = other.get(f"/sighting/{SLUG}").text
    assert "<s>no animal</s>" in page
    assert "taken back: Bee" in page


def test_an_earlier_verdict_counts_again_under_its_own_name(browser: Browser, record: Folder) -> None:
    judge(record, SLUG, "bee", "beneficial")
    browser.post("/verdict", id=SLUG, label="background", by="Li Hua")
    browser.post("/undo")
    with Sightings(record.path) as read:
        row = read.one(SLUG)
    assert (row.verdict, row.judged_by) == ("bee", "Ms Wang")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"id": SLUG, "label": "dragon"}, 400),
        ({"id": SLUG}, 400),
        ({"label": "bee"}, 400),
        ({"id": [SLUG, "0" * 32], "label": "bee"}, 404),
        ({"id": "' OR 1=1 --", "label": "bee"}, 404),
        ({"id": [f"{n:032x}" for n in range(201)], "label": "bee"}, 404),
    ],
)
def test_what_cannot_be_judged_changes_nothing(
    browser: Browser, record: Folder, fields: dict[str, object], status: int
) -> None:
    assert browser.post("/verdict", **fields).status_code == status
    assert verdicts(record) == []


def test_a_page_that_refuses_leads_back_to_one_that_can_be_opened(browser: Browser) -> None:
    page = browser.post("/verdict", id=SLUG, label="dragon")
    assert page.status_code == 400
    assert 'name="next" value="/"' in page.text, "the language is switched there, not at an address only forms may ask"


@pytest.mark.parametrize(
    "next",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "/\n/evil", ""],
)
def test_a_form_leads_to_no_other_site(browser: Browser, next: str) -> None:
    page = browser.post("/verdict", id=SLUG, label="bee", next=next)
    assert (page.request.host, page.request.path) == ("localhost", "/")


@pytest.mark.skipif(sys.platform == "win32", reason="rights are kept in another way")
def test_a_record_that_cannot_be_written_is_told_with_what_to_do(browser: Browser, record: Folder) -> None:
    browser.get("/")
    for file in record.path.iterdir():
        file.chmod(0o644)
    with without_rights(record.path, 0o555):
        page = browser.post("/verdict", id=SLUG, label="bee")
    assert page.status_code == 503
    assert "look at the disk and the rights of this user" in page.text
