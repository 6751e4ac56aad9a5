"""A person asks why something was counted, or was not."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from edge import language
from edge.errors import UsageError
from edge.model.labels import Label
from edge.records import Box, Receipt
from edge.review.explain import explain_command
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from tests.store.test_rejections import rejection
from tests.store.visits import SETTINGS, moment, run, sighting, visit
from tests.test_decision import SURE_SLUG, WALKER, Garden

LABELS = {"slug": Label("slug", "Slug", "蛞蝓", role="pest"), "moth": Label("moth", "Moth", "蛾")}
CHECKS = [
    {"name": "animal", "value": 0.91, "needed": 0.5, "met": True},
    {"name": "reach", "value": 0.4, "needed": 1.0, "met": False},
]
GUESSES = [{"at_s": 0.2, "label": "moth", "probability": 0.6, "animal": 0.9, "weight": 12.0}]
ID = "ab" * 16


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A slug at 14:00:10, something that was not counted at 14:00:40, and a lost camera."""
    receipt = Receipt(3, {"slug": 0.8}, "it moved", {"checks": CHECKS[:1], "guesses": GUESSES})
    leaf = replace(rejection(40), receipt=Receipt(1, {"moth": 0.6}, "", {"checks": CHECKS, "guesses": GUESSES}))
    with Store.open(tmp_path / "data", SETTINGS, run()) as store:
        store.record(visit(replace(sighting(10, id=ID), receipt=receipt)))
        store.reject([leaf])
        store.effort(moment(5), 5.0, None)
        store.effort(moment(50), 40.0, None)
        store.effort(moment(50), 5.0, "camera_lost")
    return tmp_path / "data"


def explained(data: Path, *words: str) -> str:
    command = explain_command(lambda: LABELS)
    result = CliRunner().invoke(command, [*words, "--data", str(data)], catch_exceptions=False)
    assert result.exit_code == 0
    return str(result.output)


def test_a_sighting_is_told_step_by_step(data: Path) -> None:
    append_verdicts(data, [Verdict(ID, "moth", "neutral", "Li Hua", moment(99).wall)])
    told = explained(data, "abab")
    assert "Counted as Slug (80% sure)" in told
    assert "✓ the looks together said 91% animal; 50% is needed" in told
    assert "look after 0.2 s: Moth 60%, an animal 90%" in told
    assert "Li Hua said: Moth" in told


@pytest.mark.parametrize(
    ("familiarity", "told"),
    [
        (0.41, "Counted as an animal that is like none that the model learned (41.0% familiar; 54.0% is needed)."),
        (0.9, "Counted as an animal, but no name fits well enough (30% sure of the likeliest)."),
    ],
)
def test_an_unknown_animal_is_told_with_the_reason(tmp_path: Path, familiarity: float, told: str) -> None:
    receipt = Receipt(3, {"slug": 0.97}, "", {"familiarity": familiarity, "strange_below": 0.54})
    unknown = replace(sighting(10, id=ID), label="unknown", role="neutral", confidence=0.3, receipt=receipt)
    with Store.open(tmp_path / "data", SETTINGS, run()) as store:
        store.record(visit(unknown))
    assert told in explained(tmp_path / "data", "abab")


@pytest.mark.parametrize(("value", "told"), [(0.91, ["75%"]), (0.6, ["50%", "75%"])])
def test_of_two_tests_of_one_thing_the_stricter_is_told_or_the_one_that_failed(
    tmp_path: Path, value: float, told: list[str]
) -> None:
    checks = [{"name": "animal", "value": value, "needed": least, "met": value >= least} for least in (0.5, 0.75)]
    with Store.open(tmp_path / "data", SETTINGS, run()) as store:
        store.record(visit(replace(sighting(10, id=ID), receipt=Receipt(3, {"slug": 0.8}, "", {"checks": checks}))))
    text = explained(tmp_path / "data", "abab")
    assert re.findall(r"animal; (\d+%) is needed", text) == told


@pytest.mark.parametrize(
    ("spoken", "told"),
    [("en", "When it was counted, it passed every test."), ("zh-CN", "计入的那一刻，它通过了每一项检查。")],
)
def test_a_test_that_was_no_longer_passed_when_it_left_is_told_as_that(tmp_path: Path, spoken: str, told: str) -> None:
    garden = Garden()
    garden.looks(5, SURE_SLUG)
    garden.turn(
        2.5, [replace(WALKER, last_seen=moment(2.5), box=Box(0, 100, 4, 30))]
    )  # most of it is out of the picture
    garden.turn(9.0, [])
    opened, closed = (change.sighting for change in garden.changes)
    for number, one in enumerate((opened, closed)):
        with Store.open(tmp_path / str(number), SETTINGS, run()) as store:
            store.record(visit(replace(sighting(10, id=ID), receipt=one.receipt)))
    language.use(spoken)
    try:
        first, last = explained(tmp_path / "0", "abab"), explained(tmp_path / "1", "abab")
    finally:
        language.use("en")
    assert ("✗" in first, told in first) == (False, False)
    assert len(re.findall(r"(?m)^  ✗ ", last)) == 1
    assert told in last.splitlines()[1]


def test_what_was_not_counted_is_told_with_the_test_it_failed(data: Path) -> None:
    told = explained(data, "14:00:41")
    assert "Not counted: it moved like a leaf in the wind, not like an animal." in told
    assert "✗ it came 0.4 times its own length from where it began; 1.0 is needed" in told
    assert "Slug" not in told, "that was half a minute before"


def test_a_rejection_has_an_id_as_well(data: Path) -> None:
    [id] = re.findall(r"id: ([0-9a-f]{32})", explained(data, "14:00:41"))
    assert "Not counted" in explained(data, id[:12])


def test_a_time_says_whether_anything_could_be_seen(data: Path) -> None:
    told = explained(data, "2026-05-01T14:00:12+08:00")
    assert "45 s were watched" in told
    assert "For 5 s nothing could be seen: the camera was lost." in told
    assert "Counted as Slug" in told


def test_a_time_without_anything_names_what_came_next_to_it(data: Path) -> None:
    told = explained(data, "14:05")
    assert "this came next to it, 0:04:19 away" in told
    assert "Nobody watched at" in explained(data, "18:00")


def test_the_page_holds_everything_and_needs_nothing_else(data: Path, tmp_path: Path) -> None:
    explained(data, "14:00:41", "--html", str(tmp_path / "why.html"))
    page = (tmp_path / "why.html").read_text("utf-8")
    assert page.count("<section>") == 1
    assert "data:image/jpeg;base64," in page
    assert "<circle" in page
    assert not re.search(r"(src|href)=.https?:", page)


def test_names_of_people_and_labels_cannot_break_the_page(data: Path, tmp_path: Path) -> None:
    append_verdicts(data, [Verdict(ID, "<b>slug", "pest", "<script>alert(1)</script>", moment(99).wall)])
    explained(data, ID, "--html", str(tmp_path / "why.html"))
    page = (tmp_path / "why.html").read_text("utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_it_is_told_in_chinese(data: Path) -> None:
    language.use("zh-CN")
    try:
        told = explained(data, "14:00:41")
    finally:
        language.use("en")
    assert "没有计入" in told
    assert "蛾" in told


@pytest.mark.parametrize(("what", "told"), [("ffff", "of no sighting"), ("25:00", "a time"), ("soon", "a time")])
def test_what_cannot_be_explained_is_answered(data: Path, what: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        explained(data, what)
