"""When the lamp is on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from edge.actions.led import PestLamp
from edge.board.fake import FakeBoard
from edge.records import Box, Change, ChangeKind, Moment, Receipt, Sighting
from edge.settings import LedSettings

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
def lamp(levels: list[bool]) -> PestLamp:
    board = FakeBoard(on_change=lambda change: levels.append(change.on))
    return PestLamp(board, LedSettings(min_confidence=0.6))


def act(lamp: PestLamp, kind: ChangeKind, *sightings: Sighting) -> None:
    lamp.act([Change(kind, sighting) for sighting in sightings])


def test_is_on_while_a_pest_is_there(lamp: PestLamp, levels: list[bool]) -> None:
    act(lamp, "opened", SLUG)
    act(lamp, "improved", SLUG)
    act(lamp, "closed", SLUG)
    assert levels == [True, False]


def test_stays_on_until_the_last_pest_has_left(lamp: PestLamp, levels: list[bool]) -> None:
    act(lamp, "opened", SLUG)
    act(lamp, "opened", SNAIL)
    act(lamp, "closed", SLUG)
    assert levels == [True]
    act(lamp, "closed", SNAIL)
    assert levels == [True, False]


def test_does_not_light_for_a_helper(lamp: PestLamp, levels: list[bool]) -> None:
    act(lamp, "opened", BEE)
    assert levels == []


def test_goes_out_when_the_pest_turns_out_to_be_none(lamp: PestLamp, levels: list[bool]) -> None:
    act(lamp, "opened", SLUG)
    act(lamp, "improved", replace(SLUG, label="bee", role="beneficial"))
    assert levels == [True, False]


def test_waits_until_it_is_sure_enough(lamp: PestLamp, levels: list[bool]) -> None:
    act(lamp, "opened", replace(SLUG, confidence=0.5))
    assert levels == []
    act(lamp, "improved", SLUG)
    assert levels == [True]
