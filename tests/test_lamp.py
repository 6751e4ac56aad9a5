"""The lamp by hand, on an emulated board."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.programs import SLOW_S, command
from tests.rigs.uno import EmulatedUno, need_pinpong


def test_it_blinks_as_often_as_asked_and_ends_dark(tmp_path: Path) -> None:
    need_pinpong()
    with EmulatedUno(tmp_path) as uno:
        run = _lamp(tmp_path, uno, "blink", "--times", "2")
        assert run.returncode == 0, run.stderr
        assert [change.on for change in uno.changes(13) if change.on] == [True, True]
        assert uno.levels(13)[-1] is False


def test_off_lights_nothing(tmp_path: Path) -> None:
    need_pinpong()
    with EmulatedUno(tmp_path) as uno:
        assert _lamp(tmp_path, uno, "off").returncode == 0
        assert True not in uno.levels(13)


def test_a_board_that_is_not_there_is_a_fault_with_advice(tmp_path: Path) -> None:
    need_pinpong()
    with EmulatedUno(tmp_path) as uno:
        uno.unplug()
        run = _lamp(tmp_path, uno, "off")
    assert run.returncode == 1
    assert run.stderr.strip()


def test_without_a_board_in_the_configuration_it_says_so(tmp_path: Path) -> None:
    run = subprocess.run(command("lamp", "on"), capture_output=True, text=True, timeout=SLOW_S, cwd=tmp_path)
    assert run.returncode == 2
    assert "board.kind: pinpong" in run.stderr


def _lamp(folder: Path, uno: EmulatedUno, *words: str) -> subprocess.CompletedProcess[str]:
    config = folder / "c.yaml"
    config.write_text(f"board: {{kind: pinpong, port: '{uno.path}'}}\n", encoding="utf-8")
    line = command("lamp", *words, "--config", str(config))
    return subprocess.run(line, capture_output=True, text=True, timeout=SLOW_S, env=uno.env)
