"""`gardenwatch model` as a teacher types it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from edge import heartbeat, model_commands
from edge.assets import DEFAULT_MODEL
from edge.cli import cli
from edge.model.card import read_card
from tests.model.tiny import COLOURS, colour_model, mmedu_info
from tests.programs import gardenwatch


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def watched_with(data: Path, pictures: Path) -> str:
    """The model's id in the record of a run that was just made."""
    done = gardenwatch("run", "--source", pictures, "--dry-run", "--data", data)
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(data / "gardenwatch.db")) as db:
        return str(db.execute("SELECT model_id FROM runs ORDER BY rowid DESC").fetchone()[0])


def test_the_watcher_takes_the_installed_model_at_its_next_start(data: Path, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    cv2.imwrite(str(pictures / "1.png"), np.full((240, 320, 3), 120, np.uint8))
    bundled = watched_with(data, pictures)
    mine = colour_model(tmp_path / "mine.onnx")
    done = gardenwatch("model", "install", mine, "--data", data)
    assert done.returncode == 0, done.stderr
    assert "installed: colours-1, 3 classes" in done.stdout
    assert "from the next start on: sudo systemctl restart gardenwatch" in done.stdout
    mine.unlink()
    assert watched_with(data, pictures) == "colours-1"
    assert gardenwatch("model", "rollback", "--data", data).returncode == 0
    assert watched_with(data, pictures) == bundled != "colours-1"


def test_all_that_the_next_start_would_refuse_is_refused_now(data: Path, tmp_path: Path) -> None:
    settings = tmp_path / "c.yaml"
    mine = colour_model(tmp_path / "mine.onnx")
    wrong_test = colour_model(tmp_path / "wrong.onnx", self_test=(0.1, 0.1, 0.8))
    (tmp_path / "text.onnx").write_text("my holidays")
    for rest, file, said in (
        ("", wrong_test, "self-test"),
        ("", tmp_path / "text.onnx", "a whole ONNX file"),
        ("", tmp_path / "absent.onnx", "a model file"),
        ("rules: [{name: r, when: {labels: [slug]}, do: {led: fast}}]", mine, "slug in the rule r"),
        ("model: {roles: {slug: pest}}", mine, "model.roles for slug"),
        ("model: {path: other.onnx}", mine, "remove that line"),
    ):
        settings.write_text(f"data: {data.as_posix()}\n{rest}\n", encoding="utf-8")
        done = gardenwatch("model", "install", file, "--config", settings)
        assert done.returncode == 78, done.stdout
        assert said in done.stderr
    assert not any(path.is_file() for path in data.rglob("*"))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = gardenwatch("model", "install", colour_model(tmp_path / "m.onnx"), "--data", tmp_path / "absent")
    assert done.returncode == 2
    assert "start the watcher once" in done.stderr


def test_models_of_mmedu_can_be_installed(data: Path, tmp_path: Path) -> None:
    theirs = colour_model(tmp_path / "mmedu.onnx", metadata=mmedu_info(), batch=1)
    done = gardenwatch("model", "install", theirs, "--data", data)
    assert "no self-test in the file" in done.stdout
    listed = gardenwatch("model", "list", "--data", data).stdout
    assert "mobilenet-mmedu-" in listed
    assert read_card(DEFAULT_MODEL).model_id in listed
    assert "蚜虫" in gardenwatch("model", "show", "--data", data).stdout


def test_a_damaged_model_is_listed_and_never_rolled_back_to(data: Path, tmp_path: Path) -> None:
    for labels in (COLOURS, COLOURS[::-1]):
        gardenwatch("model", "install", colour_model(tmp_path / "m.onnx", labels), "--data", data)
    for file in (data / "models").glob("*.onnx"):
        file.write_bytes(file.read_bytes()[:100])
    assert gardenwatch("model", "list", "--data", data).stdout.count("broken: ") == 2
    assert gardenwatch("model", "rollback", "--data", data).returncode == 78


def test_a_model_that_the_card_has_damaged_does_not_end_the_watching(data: Path, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    cv2.imwrite(str(pictures / "1.png"), np.full((240, 320, 3), 120, np.uint8))
    gardenwatch("model", "install", colour_model(tmp_path / "m.onnx"), "--data", data)
    (file,) = (data / "models").glob("*.onnx")
    file.write_bytes(file.read_bytes()[:-200])
    done = gardenwatch("run", "--source", pictures, "--dry-run", "--data", data)
    assert done.returncode == 0, done.stderr
    assert file.name in done.stderr, "it is named"
    told = heartbeat.read(data)
    assert told is not None
    assert file.name in told["last_error"]["text"]
    assert file.with_name(f"{file.name}.damaged").exists()
    assert watched_with(data, pictures) != "colours-1"


def test_without_a_word_the_services_configuration_is_meant(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = tmp_path / "gardenwatch.yaml"
    service.write_text(f"data: {data.as_posix()}\n", encoding="utf-8")
    monkeypatch.setattr(model_commands, "SERVICE_CONFIG", service)
    mine = colour_model(tmp_path / "m.onnx")
    done = CliRunner().invoke(cli, ["--language", "en", "model", "install", str(mine)])
    assert done.exit_code == 0
    assert f"configuration: {service}" in done.stderr
    assert (data / "models").is_dir()
