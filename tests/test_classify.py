"""`gardenwatch classify` as a user sees it."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image as Pillow

from edge.cli import cli
from tests.model.tiny import colour_model


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    colour_model(tmp_path / "m.onnx")
    for name, colour in {"红.png": (0, 0, 250), "blue.png": (250, 0, 0)}.items():
        (tmp_path / name).write_bytes(cv2.imencode(".png", np.full((40, 60, 3), colour, np.uint8))[1].tobytes())
    return tmp_path


def classify(*words: str) -> Result:
    return CliRunner().invoke(cli, ["--language", "en", "classify", "--model", "m.onnx", *words])


def test_names_each_photo_on_its_own_line(folder: Path) -> None:
    result = classify("红.png", "blue.png", "--format", "jsonl")
    assert result.exit_code == 0
    red, blue = (json.loads(line) for line in result.stdout.splitlines())
    assert (red["path"], red["label"], blue["label"]) == ("红.png", "beetle", "bee")
    assert red["confidence"] == red["probabilities"]["beetle"] > 0.9
    assert list(red["probabilities"]) == ["beetle", "bee", "background"]


def test_an_unreadable_file_is_reported_and_the_others_go_on(folder: Path) -> None:
    (folder / "notes.jpg").write_text("not a photo")
    (folder / "empty.jpg").touch()
    result = classify("notes.jpg", "missing.jpg", "empty.jpg", "blue.png", "--format", "jsonl")
    assert result.exit_code == 1
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert "11 bytes that cannot be decoded" in lines[0]["error"]
    assert "No such file" in lines[1]["error"]
    assert "0 bytes" in lines[2]["error"]
    assert lines[3]["label"] == "bee"


def test_says_unknown_where_no_label_fits(folder: Path) -> None:
    mean = np.full((40, 60, 3), (104, 116, 124), np.uint8)  # ImageNet's mean colour: as red as it is blue
    cv2.imwrite(str(folder / "grey.png"), mean)
    (line,) = classify("grey.png", "--format", "jsonl").stdout.splitlines()
    answer = json.loads(line)
    assert answer["label"] == "unknown"
    assert answer["confidence"] < 0.5
    assert answer["familiarity"] == 1


def test_says_unknown_of_what_is_like_nothing_that_was_learned(folder: Path) -> None:
    colour_model(folder / "m.onnx", familiar=0.3, strange_below=0.5)
    (line,) = classify("blue.png", "--format", "jsonl").stdout.splitlines()
    answer = json.loads(line)
    assert (answer["label"], answer["familiarity"], answer["confidence"]) == ("unknown", 0.3, 0.5)
    assert answer["probabilities"]["bee"] > 0.9


def test_the_table_is_for_people(folder: Path) -> None:
    result = CliRunner().invoke(cli, ["--language", "zh-CN", "classify", "--model", "m.onnx", "红.png"])
    assert "甲虫" in result.stdout


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "I;16"])
def test_any_kind_of_picture_is_read(folder: Path, mode: str) -> None:
    name = "other.tif" if mode in {"CMYK", "I;16"} else "other.png"
    Pillow.new(mode, (30, 20)).save(folder / name)
    assert classify(name).exit_code == 0
