"""Rules in a whole run: a film, the real parts, the board that a rule switches."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.films import walking_dot
from tests.model.tiny import colour_model
from tests.programs import SLOW_S, command, gardenwatch
from tests.rigs.uno import EmulatedUno, need_pinpong

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
    assert told[0] == "→ rule buzzer: D8 high for 0.5 s, 2 times, D7 high while it is there"
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
        assert 0.4 < changes[1].tick_s - changes[0].tick_s < 2, "on a busy machine the loop turns late"


def test_rules_are_tried_on_a_clip_with_the_real_watcher(garden: Path) -> None:
    """Nothing is left of the trial, and what was held back is told with the reason."""
    quiet = RULES.format(label="beetle") + "    quiet: 22:00-06:00\n"
    file = config(garden, "clip.yaml", quiet)
    before = sorted(garden.iterdir())
    words = ("rules", "test", "--config", file, "--clip", garden / "dot.avi", "--start")
    day = gardenwatch(*words, "2026-05-01T12:00+08:00", TZ="Asia/Shanghai")
    night = gardenwatch(*words, "2026-05-01T23:00+08:00", TZ="Asia/Shanghai")
    assert (day.returncode, night.returncode) == (0, 0), day.stderr + night.stderr
    assert day.stdout.splitlines()[-1] == "rule buzzer: fired 1 times; held back: never"
    assert "● D8 on" in day.stdout
    assert "→ rule buzzer held back: quiet hours 22:00-06:00" in night.stdout
    assert "D8 on" not in night.stdout
    assert sorted(garden.iterdir()) == before
