"""When the lamp is on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest

from edge.actions.lamp_words import meaning_in_words, pattern_in_words
from edge.actions.led import SAYS, Condition, Lamp
from edge.actions.patterns import PatternName
from edge.board.fake import FakeBoard
from edge.records import Box, Change, ChangeKind, Moment, Receipt, Sighting
from edge.settings import LedSettings, Meaning

MOMENT = Moment(datetime(2026, 5, 1, tzinfo=UTC), 0.0, 0.0)
SLUG = Sighting(
    "a", MOMENT, MOMENT, MOMENT, "slug", "pest", 0.9, Box(0, 0, 9, 9), MOMENT, Receipt(3, {"slug": 0.9}, "3 looks")
)
SNAIL = replace(SLUG, id="b", label="snail")
BEE = replace(SLUG, id="c", label="bee", role="beneficial")


@pytest.fixture
def levels() -> list[bool]:
    return []


@pytest.fixture
def lamp(levels: list[bool]) -> Lamp:
    board = FakeBoard(on_change=lambda change: levels.append(change.on))
    return Lamp(board, LedSettings(min_confidence=0.6))


def act(lamp: Lamp, kind: ChangeKind, *sightings: Sighting) -> None:
    lamp.follow([Change(kind, sighting) for sighting in sightings])


def test_is_on_while_a_pest_is_there(lamp: Lamp, levels: list[bool]) -> None:
    act(lamp, "opened", SLUG)
    act(lamp, "improved", SLUG)
    act(lamp, "closed", SLUG)
    assert levels == [True, False]


def test_stays_on_until_the_last_pest_has_left(lamp: Lamp, levels: list[bool]) -> None:
    act(lamp, "opened", SLUG)
    act(lamp, "opened", SNAIL)
    act(lamp, "closed", SLUG)
    assert levels == [True]
    act(lamp, "closed", SNAIL)
    assert levels == [True, False]


def test_does_not_light_for_a_helper(lamp: Lamp, levels: list[bool]) -> None:
    act(lamp, "opened", BEE)
    assert levels == []


def test_goes_out_when_the_pest_turns_out_to_be_none(lamp: Lamp, levels: list[bool]) -> None:
    act(lamp, "opened", SLUG)
    act(lamp, "improved", replace(SLUG, label="bee", role="beneficial"))
    assert levels == [True, False]


def test_waits_until_it_is_sure_enough(lamp: Lamp, levels: list[bool]) -> None:
    act(lamp, "opened", replace(SLUG, confidence=0.5))
    assert levels == []
    act(lamp, "improved", SLUG)
    assert levels == [True]


def test_says_nothing_else_unless_it_is_asked_to(lamp: Lamp, levels: list[bool]) -> None:
    for second in range(20):
        lamp.turn(second, Condition(blind=True, fault=2))
    assert levels == []


def talkative(board: FakeBoard) -> Lamp:
    return Lamp(board, LedSettings(show=["pest", "fault", "blind", "starting", "visited", "watching"]))


def shown(lamp: Lamp, seconds: float, condition: Condition, begin: float = 0.0) -> str:
    """What the lamp shows in turns of a quarter of a second, dark as a blank."""
    text = ""
    for turn in range(int(seconds * 4)):
        lamp.turn(begin + turn / 4, condition)
        text += "#" if lamp.is_on else " "
    return text.rstrip()


@pytest.mark.parametrize(
    ("condition", "pattern"),
    [
        (Condition(), "##"),
        (Condition(blind=True), "##  ##  ##"),
        (Condition(fault=1), "########    ##"),
        (Condition(fault=3), "########    ##  ##  ##"),
        (Condition(starting=True), "##  ##  ##  ##  ##  ##"),
    ],
)
def test_each_thing_it_says_looks_different(condition: Condition, pattern: str) -> None:
    assert shown(talkative(FakeBoard()), 6, condition) == pattern


def test_a_pest_that_left_is_remembered_until_somebody_looks_at_the_page() -> None:
    lamp = talkative(FakeBoard())
    act(lamp, "opened", SLUG)
    act(lamp, "closed", SLUG)
    assert shown(lamp, 4, Condition()) == "##  ##"
    lamp.turn(4, Condition(looked_at=True))
    assert lamp.meaning == "watching"


def test_the_most_urgent_goes_first() -> None:
    lamp = talkative(FakeBoard())
    act(lamp, "opened", SLUG)
    everything = Condition(starting=True, blind=True, fault=1)
    said = []
    for condition in (everything, Condition(starting=True, blind=True), Condition(starting=True), Condition()):
        lamp.turn(0, condition)
        said.append(lamp.meaning)
        act(lamp, "closed", SLUG)
    assert said == ["pest", "blind", "starting", "visited"]


def test_a_slow_turn_makes_a_flash_longer_and_never_skips_one() -> None:
    """A fault of code 3 that is told in turns of two seconds still has one long and three short lights."""
    board = FakeBoard()
    lamp = talkative(board)
    for second in range(0, 18, 2):
        lamp.turn(second, Condition(fault=3))
    assert [change.on for change in board.changes] == [True, False] * 4


def test_what_it_begins_to_show_is_told_once_and_not_each_flash() -> None:
    told: list[tuple[bool, str]] = []
    show = LedSettings(show=["pest", "fault", "visited", "watching"])
    lamp = Lamp(FakeBoard(), show, lambda on, what: told.append((on, what)))
    shown(lamp, 40, Condition())
    act(lamp, "opened", SLUG)
    shown(lamp, 5, Condition(), 40)
    act(lamp, "closed", SLUG)
    shown(lamp, 20, Condition(), 45)
    shown(lamp, 20, Condition(fault=1), 65)
    shown(lamp, 20, Condition(fault=2), 85)
    lamp.play("fast", until_s=110)
    assert told == [
        (True, "watching"),
        (True, ""),
        (True, "a pest came"),
        (True, "fault 1"),
        (True, "fault 2"),
        (True, "short, short, short …"),
    ]


def test_each_pattern_and_meaning_has_words_of_its_own() -> None:
    patterns = [pattern_in_words(name) for name in get_args(PatternName)]
    meanings = [meaning_in_words(meaning, 1) for meaning in get_args(Meaning)]
    assert len({*patterns, *meanings}) == len(patterns) + len(meanings)
    assert len(meanings) == len(SAYS) + 1, "the fault, which has its code"


def test_a_rule_borrows_the_lamp(lamp: Lamp, levels: list[bool]) -> None:
    lamp.turn(0, Condition())
    lamp.play("two_flashes", until_s=3)
    assert shown(lamp, 5, Condition()) == "##  ##"
    assert lamp.meaning is None
