"""Rules in a whole run: a film, the real parts, the board that a rule switches."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from edge import build
from edge.actions.acting import Actions
from edge.actions.rules import Outcome, Rules
from edge.actions.settings import RuleSettings
from edge.board.fake import FakeBoard
from edge.glimpse import Glimpse
from edge.records import Change, Moment
from edge.settings import Config, LedSettings
from edge.store.store import Store
from tests.films import walking_dot
from tests.model.tiny import colour_model
from tests.programs import SLOW_S, command, gardenwatch, here
from tests.rigs.uno import EmulatedUno, need_pinpong
from tests.store.visits import SETTINGS, moment, sighting, visit
from tests.store.visits import run as of_run

RULES = """
rules:
  - name: buzzer
    when: {{labels: [{label}]}}
    do: {{pins: [{{pin: D8, seconds: 0.5, times: 2}}, {{pin: D7, level: while_here}}]}}
"""


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a film of one beetle, from 6 to 12 s."""
    folder = tmp_path_factory.mktemp("garden")
    walking_dot(folder / "dot.avi")
    colour_model(folder / "colours.onnx")
    return folder


def config(garden: Path, name: str, text: str) -> Path:
    path = garden / name
    path.write_text(f"model: {{path: colours.onnx}}\ndata: data-{name}\n{text}", encoding="utf-8")
    return path


def test_a_dry_run_tells_what_a_rule_does(garden: Path) -> None:
    file = config(garden, "dry.yaml", RULES.format(label="beetle"))
    run = gardenwatch("run", "--config", file, "--source", garden / "dot.avi", "--dry-run")
    assert run.returncode == 0, run.stderr
    told = [line.split("  ")[-1] for line in run.stdout.splitlines() if "D8" in line or "D7" in line]
    assert told[0] == "→ rule buzzer: D8 2× high for 0.5 s, D7 high while it is there"
    assert told[1:] == ["● D8 on", "● D7 on", "○ D8 off", "● D8 on", "○ D8 off", "○ D7 off"]


def test_a_label_that_the_model_does_not_know_is_refused_with_the_nearest(garden: Path) -> None:
    file = config(garden, "beatle.yaml", RULES.format(label="beatle"))
    run = gardenwatch("run", "--config", file, "--source", garden / "dot.avi", "--dry-run")
    assert run.returncode == 78
    assert "found beatle in the rule buzzer; write beetle" in run.stderr


def test_the_buzzer_on_an_emulated_uno_sounds_twice(garden: Path, tmp_path: Path) -> None:
    need_pinpong()
    with EmulatedUno(tmp_path) as uno:
        board = f"board: {{kind: pinpong, port: '{uno.path}'}}\n"
        file = config(garden, "uno.yaml", board + RULES.format(label="beetle"))
        words = command("run", "--config", file, "--source", garden / "dot.avi", "--realtime")
        run = subprocess.run(words, env=uno.env, capture_output=True, text=True, timeout=SLOW_S)
        assert run.returncode == 0, run.stdout + run.stderr
        changes = uno.changes(8)
        assert [change.on for change in changes] == [True, False, True, False]
        assert [change.on for change in uno.changes(7)] == [True, False]
        assert 0.1 < changes[1].tick_s - changes[0].tick_s < here(2), "on a busy machine the loop turns late"


def test_the_lamp_of_an_emulated_uno_tells_of_the_pest_that_left(garden: Path, tmp_path: Path) -> None:
    """Steady while it is there, then in short flashes until the end."""
    need_pinpong()
    with EmulatedUno(tmp_path) as uno:
        board = f"board: {{kind: pinpong, port: '{uno.path}'}}\nled: {{show: [pest, visited]}}\n"
        file = config(garden, "visited.yaml", board)
        words = command("run", "--config", file, "--source", garden / "dot.avi", "--realtime")
        run = subprocess.run(words, env=uno.env, capture_output=True, text=True, timeout=SLOW_S)
        assert run.returncode == 0, run.stdout + run.stderr
        changes = uno.changes(13)
        lit = [off.tick_s - on.tick_s for on, off in zip(changes[::2], changes[1::2], strict=True)]
        assert lit[0] > 3, "the pest was there for some six seconds"
        assert len(lit) >= 2
        assert max(lit[1:]) < here(2), "flashes"


def test_a_restarted_watcher_keeps_to_the_cap_of_the_day(tmp_path: Path) -> None:
    """A live camera with rules starts on a record in which the rule has fired."""
    rules = [RuleSettings.model_validate({"name": "r", "do": {"led": "fast"}, "per_day": 1})]
    settings = Config(data=tmp_path, rules=rules, led=LedSettings(show=["pest", "visited"]))
    now = Moment(moment(3600).wall, moment(3600).tick_s, None)
    with Store.open(tmp_path, SETTINGS, of_run()) as store:
        store.record(visit(sighting(0)))
    told: list[Outcome] = []
    judge = Rules(rules, of_run().local)
    actions = Actions(FakeBoard(), settings.led, judge, told.append)
    build.remember(actions, judge, settings, Glimpse(tmp_path), now)
    assert actions.lamp.meaning == "visited"
    actions.act([Change("opened", sighting(3600))], now)
    assert [outcome.held for outcome in told] == ["per_day"]


def test_rules_are_tried_on_a_clip_with_the_real_watcher(garden: Path) -> None:
    """Nothing is left of the trial, and what was held back is told with the reason."""
    quiet = RULES.format(label="beetle") + "    quiet: 22:00-06:00\n"
    file = config(garden, "clip.yaml", quiet)
    before = sorted(garden.iterdir())
    words = ("rules", "test", "--config", file, "--clip", garden / "dot.avi", "--start")
    day = gardenwatch(*words, "2026-05-01T12:00+08:00", TZ="Asia/Shanghai")
    night = gardenwatch(*words, "2026-05-01T23:00+08:00", TZ="Asia/Shanghai")
    assert (day.returncode, night.returncode) == (0, 0), day.stderr + night.stderr
    assert day.stdout.splitlines()[-1] == "rule buzzer: fired 1×; held back: never"
    assert "● D8 on" in day.stdout
    assert "→ rule buzzer held back: quiet hours 22:00-06:00" in night.stdout
    assert "D8 on" not in night.stdout
    assert sorted(garden.iterdir()) == before
