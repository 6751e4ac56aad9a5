"""Rules on what was recorded: the trial at the desk, and what a restarted watcher remembers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from edge.actions.commands import rules as rules_command
from edge.actions.replay import recall, was_visited
from edge.actions.rules import Rules
from edge.actions.settings import RuleSettings
from edge.records import Change
from edge.store.store import Store
from tests.store.visits import SETTINGS, START, moment, run, sighting, visit

RULES = """
rules:
  - name: scare
    when: {labels: [pigeon]}
    do: {pins: [{pin: D8, seconds: 0.5}]}
    cooldown_s: 60
  - name: night
    when: {labels: [hedgehog]}
    do: {led: fast}
"""


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Three pigeons at 14:00 in Shanghai and half a minute apart, and a slug."""
    with Store.open(tmp_path / "data", SETTINGS, run()) as store:
        for second in (0, 30, 65):
            store.record(visit(sighting(second, "pigeon", "neutral")))
        store.record(visit(sighting(200, "slug", "pest", last=230)))
    return tmp_path / "data"


def tried(folder: Path, *words: object, rules: str = RULES) -> Result:
    file = folder / "c.yaml"
    file.write_text(rules.replace("hedgehog", "slug"), encoding="utf-8")
    return CliRunner().invoke(rules_command, ["test", "--config", str(file), *map(str, words)], obj="en")


def test_the_timeline_tells_what_would_have_happened_and_why(record: Path, tmp_path: Path) -> None:
    told = tried(tmp_path, "--replay", record).output.splitlines()
    at = [line.split("  ", 1) for line in told if line.startswith("2026")]
    assert ["2026-05-01 14:00:00", "→ rule scare: D8 high for 0.5 s"] in at
    assert ["2026-05-01 14:00:30", "→ rule scare held back: cooldown, 30 of 60 s left"] in at
    assert ["2026-05-01 14:01:05", "● D8 on"] in at
    assert ["2026-05-01 14:03:20", "+ slug (pest) 80%"] in at
    assert [text for _when, text in at if "lamp" in text and "rule" not in text] == [
        "lamp dark",
        "lamp: short, short, short …",
        "lamp: a pest is there",
        "lamp dark",
    ]
    assert "visits: 4" in told
    assert told[-2:] == [
        "rule scare: fired 2×; held back: cooldown 1×",
        "rule night: fired 1×; held back: never",
    ]


def test_a_rule_that_asks_for_what_never_came_is_named(record: Path, tmp_path: Path) -> None:
    told = tried(tmp_path, "--replay", record, "--since", "2026-05-01T14:01:30").output
    assert "visits: 1" in told
    assert "rule scare: nothing came that it asks for" in told


def test_a_folder_without_a_record_is_named(tmp_path: Path) -> None:
    result = tried(tmp_path, "--replay", tmp_path / "nowhere")
    assert "nowhere" in str(result.exception)


@pytest.mark.parametrize("words", [[], ["--replay", "a", "--clip", "b"]])
def test_asks_for_either_a_record_or_a_clip(words: list[str], tmp_path: Path) -> None:
    assert "--replay DIR or --clip FILE" in str(tried(tmp_path, *words).exception)


def test_asks_for_rules(record: Path, tmp_path: Path) -> None:
    assert "rules in the configuration" in str(tried(tmp_path, "--replay", record, rules="rules: []\n").exception)


def held_after_restart(record: Path, second: float, **rule: Any) -> str | None:
    """Why a watcher that starts then holds back the next pigeon; None where the rule fires."""
    settings = RuleSettings.model_validate({"name": "r", "do": {"led": "fast"}, "when": {"labels": ["pigeon"]}, **rule})
    rules = Rules([settings], run().local)
    now = moment(second)
    recall(rules, record, now)
    (outcome,) = rules.judge(Change("opened", sighting(second, "pigeon", "neutral")), now)
    return outcome.held


def test_a_restart_lifts_no_cooldown_and_no_daily_cap(record: Path) -> None:
    assert held_after_restart(record, 100) == "cooldown"
    assert held_after_restart(record, 3600) is None
    assert held_after_restart(record, 3600, per_day=2) == "per_day"
    assert held_after_restart(record, 24 * 3600, per_day=2) is None
    assert held_after_restart(record, 3600, when={"first_of_day": True}) == "not_first"


def test_a_sick_record_does_not_keep_the_watcher_from_starting(tmp_path: Path) -> None:
    assert held_after_restart(tmp_path / "nowhere", 100) is None


def test_a_pest_that_came_before_a_restart_is_remembered(record: Path) -> None:
    assert was_visited(record, START, 0.5)
    assert not was_visited(record, moment(300).wall, 0.5)
    assert not was_visited(record, START, 0.95), "that slug was 0.8 sure"
