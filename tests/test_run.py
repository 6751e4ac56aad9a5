"""Watching films: what is seen, told and kept, and how bad input is answered."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.films import walking_dot
from tests.model.tiny import colour_model
from tests.programs import SLOW_S, command, gardenwatch, listed


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return colour_model(tmp_path_factory.mktemp("model") / "colours.onnx")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walking_dot(tmp_path_factory.mktemp("film") / "dot.avi")


def test_one_visit_in_a_film_is_one_sighting_with_photo_and_light(film: Path, model: Path, tmp_path: Path) -> None:
    run = gardenwatch("run", "--source", film, "--model", model, "--data", tmp_path, "--dry-run")
    assert run.returncode == 0, run.stderr
    (row,) = listed(tmp_path)
    assert (row["label"], row["role"], row["source"]) == ("beetle", "pest", "dot.avi")
    assert 5.5 <= row["first_seen_s"] <= 7.5
    assert row["first_seen_s"] <= row["decided_s"] <= 9
    assert 11 <= row["last_seen_s"] <= 13
    assert (tmp_path / str(row["photo"])).is_file()
    told = run.stdout
    assert told.index("LED D13 on") < told.index("LED D13 off") < told.index("sightings: 1 (1 beetle)")
    assert f"gardenwatch sightings --data {tmp_path}" in told


def test_the_whole_picture_mode_sees_what_fills_the_picture(model: Path, tmp_path: Path) -> None:
    film = walking_dot(tmp_path / "macro.avi", radius_px=160)
    config = tmp_path / "c.yaml"
    config.write_text(f"watch: {{mode: frame}}\nmodel: {{path: {model}}}\ndata: data\n")
    run = gardenwatch("run", "--config", config, "--source", film, "--dry-run")
    assert run.returncode == 0, run.stderr
    (row,) = [row for row in listed(tmp_path / "data") if row["role"] == "pest"]  # bare soil counts as a bee there
    assert 6 <= row["first_seen_s"] <= row["last_seen_s"] <= 13
    assert row["box"] == [0, 0, 640, 360]


@pytest.mark.parametrize(("limit", "label"), [("0.5", "unknown"), ("0.3", "beetle"), ("null", "unknown")])
def test_the_configuration_says_what_is_strange(film: Path, tmp_path: Path, limit: str, label: str) -> None:
    model = colour_model(tmp_path / "m.onnx", familiar=0.4, strange_below=0.6)
    config = tmp_path / "c.yaml"
    config.write_text(f"model: {{path: {model}, strange_below: {limit}}}\ndata: data\n")
    run = gardenwatch("run", "--config", config, "--source", film, "--dry-run")
    assert run.returncode == 0, run.stderr
    (row,) = listed(tmp_path / "data")
    assert row["label"] == label
    assert ("LED D13 on" in run.stdout) == (label == "beetle")
    why = gardenwatch("--language", "en", "explain", row["id"], "--data", tmp_path / "data").stdout
    assert ("like none that the model learned (40.0% familiar" in why) == (label == "unknown")


def test_a_whole_picture_like_nothing_that_was_learned_is_no_visit(tmp_path: Path) -> None:
    film = walking_dot(tmp_path / "macro.avi", radius_px=160)
    model = colour_model(tmp_path / "m.onnx", familiar=0.4)
    config = tmp_path / "c.yaml"
    config.write_text(f"watch: {{mode: frame}}\nmodel: {{path: {model}, strange_below: 0.5}}\ndata: data\n")
    run = gardenwatch("run", "--config", config, "--source", film, "--dry-run")
    assert run.returncode == 0, run.stderr
    assert listed(tmp_path / "data") == []


def test_the_same_film_gives_the_same_sightings(film: Path, model: Path, tmp_path: Path) -> None:
    told = []
    for name in ("a", "b"):
        run = gardenwatch("run", "--source", film, "--model", model, "--data", tmp_path / name, "--dry-run")
        told.append(run.stdout.replace(str(tmp_path / name), ""))
    assert told[0] == told[1]


def test_never_imports_the_training_side(film: Path, model: Path, tmp_path: Path) -> None:
    words = ["run", "--source", str(film), "--model", str(model), "--data", str(tmp_path), "--dry-run"]
    program = (
        "import sys; from edge import cli\n"
        f"sys.argv[1:] = {words!r}\n"
        "try: cli.main()\n"
        "except SystemExit as end: assert not end.code, end\n"
        "strangers = {'torch', 'torchvision', 'onnx', 'training', 'pinpong'}\n"
        "print([name for name in sys.modules if name.split('.')[0] in strangers])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=SLOW_S)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "[]"


def test_a_terminal_that_is_gone_costs_no_record(film: Path, model: Path, tmp_path: Path) -> None:
    words = command("run", "--source", film, "--model", model, "--data", tmp_path, "--dry-run")
    run = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert run.stdout is not None
    run.stdout.close()
    run.wait(SLOW_S)
    (row,) = listed(tmp_path)
    assert row["closed"]


@pytest.mark.parametrize("encoding", ["cp1252", "gbk", "ascii"])
def test_a_terminal_that_lacks_a_character_does_not_end_the_watching(
    encoding: str, film: Path, model: Path, tmp_path: Path
) -> None:
    """As on Windows; the lamp's sign is in neither."""
    words = ["run", "--source", film, "--model", model, "--data", tmp_path, "--dry-run"]
    run = gardenwatch("--language", "zh-CN", *words, PYTHONIOENCODING=encoding)
    assert run.returncode == 0, run.stderr
    assert "LED D13" in run.stdout


def test_speaks_the_language_that_is_asked_for(film: Path, model: Path, tmp_path: Path) -> None:
    config = tmp_path / "c.yaml"
    config.write_text(f"language: zh-CN\nmodel: {{path: {model}}}\ndata: data\n", encoding="utf-8")
    words = ("run", "--config", config, "--source", film, "--dry-run")
    assert "甲虫" in gardenwatch(*words).stdout
    assert "甲虫" not in gardenwatch("--language", "en", *words).stdout


def test_records_that_cannot_be_kept_are_no_success(film: Path, model: Path, tmp_path: Path) -> None:
    """Another program holds the database for the whole run."""
    words = ("run", "--source", film, "--model", model, "--data", tmp_path, "--dry-run")
    assert gardenwatch(*words).returncode == 0
    with closing(sqlite3.connect(tmp_path / "gardenwatch.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        run = gardenwatch(*words)
    assert run.returncode == 1
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["run", "--source", "nowhere.mp4"], 2, "nowhere.mp4"),
        (["run", "--surce", "0"], 2, "--surce"),
        (["run", "--source", "demo", "--model", "nowhere.onnx"], 78, "a model file at nowhere.onnx"),
        (["run", "--config", "nowhere.yaml"], 78, "nowhere.yaml"),
        (["run", "--source", "demo", "--start", "soon"], 2, "found 'soon'"),
        (["run", "--source", "demo", "--start", "9999-12-31T23:59:59Z"], 2, "9999"),
        (["run", "--source", "http://127.0.0.1:9/v", "--realtime"], 2, "--realtime"),
        (["config", "check", "nowhere.yaml"], 78, "nowhere.yaml"),
        (["sightings", "--data", "nowhere"], 2, "nowhere"),
    ],
)
def test_ends_with_the_right_status_and_a_message(
    words: list[str], status: int, message: str, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if words[0] == "run" and "--model" not in words:
        words = [*words, "--model", str(model)]
    run = gardenwatch(*words)
    assert run.returncode == status
    assert message in run.stderr
    assert "Traceback" not in run.stderr
    assert not list(tmp_path.iterdir()), "nothing is created by a command that could not begin"


def test_a_film_that_is_no_film_is_refused(model: Path, tmp_path: Path) -> None:
    film = tmp_path / "holiday.mp4"
    film.write_text("I am not a film")
    run = gardenwatch("run", "--source", film, "--model", model, "--data", tmp_path / "data")
    assert run.returncode == 2
    assert "holiday.mp4" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_film_cut_short_keeps_what_was_seen_and_ends_with_1(film: Path, model: Path, tmp_path: Path) -> None:
    whole = film.read_bytes()
    cut = tmp_path / "cut.avi"
    cut.write_bytes(whole[: len(whole) * 3 // 4])
    run = gardenwatch("run", "--source", cut, "--model", model, "--data", tmp_path / "data", "--dry-run")
    assert run.returncode == 1, run.stdout + run.stderr
    assert "expected 160 frames, found" in run.stdout
    assert [row["label"] for row in listed(tmp_path / "data")] == ["beetle"]
