"""When a rule fires, and why it is held back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge.actions.rules import rules_of
from edge.errors import ConfigError
from edge.model.labels import Label
from edge.settings import Config
from tests.actions.visits import Garden, at, highs

PULSE = {"pins": [{"pin": "D8", "seconds": 0.5}]}


def test_a_bird_sets_off_the_buzzer_and_a_bee_does_not() -> None:
    garden = Garden({"name": "scare", "when": {"labels": ["pigeon"]}, "do": PULSE})
    garden.visit("bee", "beneficial")
    garden.visit("pigeon", at_s=5)
    garden.pass_s(5)
    assert garden.levels("D8") == [(5.0, True), (5.75, False)], "it ends with the first turn after half a second"
    assert garden.said == ["rule scare: D8 high for 0.5 s"]


def test_a_weed_opens_the_valve_for_as_many_pulses_as_asked() -> None:
    do = {"pins": [{"pin": "D7", "seconds": 2, "times": 3}, {"pin": "D6", "level": "high"}]}
    garden = Garden({"name": "weed", "when": {"labels": ["thistle"]}, "do": do})
    garden.visit("thistle")
    garden.pass_s(20)
    assert [on for _second, on in garden.levels("D7")] == [True, False] * 3
    assert garden.levels("D6") == [(0.0, True)]


def test_a_relay_stays_closed_while_the_animal_is_there() -> None:
    do = {"pins": [{"pin": "D6", "level": "while_here"}]}
    garden = Garden({"name": "relay", "when": {"roles": ["pest"]}, "do": do, "cooldown_s": 0})
    slug, snail = garden.comes("slug", "pest"), garden.comes("snail", "pest", at_s=5)
    garden.tell("closed", slug)
    assert garden.board.level("D6")
    garden.tell("improved", replace(snail, label="bee", role="beneficial"))
    assert not garden.board.level("D6"), "it turned out to be a bee"


def test_a_pin_that_one_rule_switched_on_another_switches_off() -> None:
    garden = Garden(
        {"name": "on", "when": {"labels": ["slug"]}, "do": {"pins": [{"pin": "D5", "level": "high"}]}},
        {"name": "off", "when": {"labels": ["toad"]}, "do": {"pins": [{"pin": "D5", "level": "low"}]}},
    )
    garden.visit("slug")
    garden.visit("toad", at_s=100)
    assert garden.levels("D5") == [(0.0, True), (100.0, False)]


def test_one_visit_fires_once_however_often_it_is_looked_at() -> None:
    garden = Garden({"name": "r", "when": {"min_confidence": 0.8}, "do": PULSE, "cooldown_s": 0})
    slug = garden.comes("slug", "pest", 0.7)
    assert garden.fired() == 0
    for _again in range(3):
        garden.tell("improved", replace(slug, confidence=0.85))
    assert garden.fired() == 1


def test_the_cooldown_holds_back_and_says_how_long() -> None:
    garden = Garden({"name": "r", "do": PULSE, "cooldown_s": 60})
    for second in (0, 20, 59, 60):
        garden.visit("slug", at_s=second)
    assert highs(garden.levels("D8")) == [0.0, 60.0]
    assert garden.said[1] == "rule r held back: cooldown, 40 of 60 s left"


def test_quiet_hours_go_over_midnight_by_the_clock_of_the_site() -> None:
    garden = Garden({"name": "r", "do": PULSE, "quiet": "21:00-06:30"})
    for second in (at(20, 59), at(21), at(23), at(24 + 6, 29), at(24 + 6, 30)):
        garden.visit("slug", at_s=second)
    assert highs(garden.levels("D8")) == [at(20, 59), at(30, 30)]
    assert garden.said[1] == "rule r held back: quiet hours 21:00-06:30"


def test_a_rule_may_hold_at_a_time_of_day_only() -> None:
    garden = Garden({"name": "r", "when": {"hours": "13:00-14:00"}, "do": PULSE})
    for second in (0, at(13), at(14)):
        garden.visit("slug", at_s=second)
    assert highs(garden.levels("D8")) == [at(13)]


def test_the_daily_cap_begins_anew_at_midnight_of_the_site() -> None:
    garden = Garden({"name": "r", "do": PULSE, "per_day": 2})
    for hour in (12, 13, 14, 23, 24, 25):
        garden.visit("slug", at_s=at(hour))
    assert highs(garden.levels("D8")) == [at(12), at(13), at(24), at(25)]
    assert garden.said[2] == "rule r held back: already 2× today"


def test_the_first_of_a_day_is_asked_for_by_label() -> None:
    garden = Garden({"name": "r", "when": {"first_of_day": True}, "do": PULSE})
    for label, hour in (("slug", 12), ("slug", 13), ("snail", 14), ("slug", 25)):
        garden.visit(label, at_s=at(hour))
    assert highs(garden.levels("D8")) == [at(12), at(14), at(25)]


def test_so_many_in_a_span_then_it_counts_anew() -> None:
    garden = Garden({"name": "r", "when": {"count": 3, "within_s": 600}, "do": PULSE, "cooldown_s": 0})
    for second in (0, 500, 700, 1000, 1010, 1020, 1030):
        garden.visit("slug", at_s=second)
    assert highs(garden.levels("D8")) == [1000.0, 1030.0]
    assert garden.said[1] == "rule r held back: 2 of 3 within 600 s"


def test_a_rule_may_let_the_lamp_flash() -> None:
    garden = Garden({"name": "r", "when": {"labels": ["bee"]}, "do": {"led": "two_flashes", "led_s": 3}})
    garden.visit("bee", "beneficial")
    garden.pass_s(10)
    assert [on for _second, on in garden.levels("D13")] == [True, False] * 2


@pytest.mark.parametrize("seconds", [0.1, 0.25, 1.0])
def test_a_pulse_is_never_shorter_than_asked(seconds: float) -> None:
    garden = Garden({"name": "r", "do": {"pins": [{"pin": "D8", "seconds": seconds}]}})
    garden.visit("slug")
    garden.pass_s(3)
    (begin, _on), (end, _off) = garden.levels("D8")
    assert seconds <= end - begin <= seconds + 0.5


@pytest.mark.parametrize("jump_s", [-7200.0, 7200.0])
def test_a_clock_that_is_set_lifts_no_cooldown(jump_s: float) -> None:
    garden = Garden({"name": "r", "do": PULSE, "cooldown_s": 60})
    garden.visit("slug")
    garden.pass_s(10)
    garden.set_clock(jump_s)
    garden.visit("slug")
    assert garden.said[-1] == "rule r held back: cooldown, 50 of 60 s left"
    garden.visit("slug", at_s=61)
    assert garden.fired() == 2


@pytest.mark.parametrize("jump_s", [-3600.0, 3600.0])
def test_within_a_day_a_clock_that_is_set_lifts_no_daily_cap(jump_s: float) -> None:
    garden = Garden({"name": "r", "do": PULSE, "cooldown_s": 0, "per_day": 1})
    garden.visit("slug")
    garden.set_clock(jump_s)
    garden.visit("slug", at_s=5)
    assert garden.said[-1] == "rule r held back: already 1× today"


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"rules": [{"name": "r", "do": {"pins": [{"pin": "D99"}]}}]}, "D99 in the rule r"),
        (
            {"rules": [{"name": "r", "do": {"photo": True}}], "watch": {"mode": "frame"}},
            "mode frame, and photos in the rule r",
        ),
        ({"rules": [{"name": "r", "when": {"labels": ["slugg"]}, "do": PULSE}]}, "slugg in the rule r"),
    ],
)
def test_what_could_never_happen_is_refused(values: dict[str, object], found: str) -> None:
    slug = Label("slug", "slug", "蛞蝓", role="pest")
    with pytest.raises(ConfigError) as error:
        rules_of(Config.model_validate(values), [slug], lambda wall: wall)
    assert error.value.found == found
