"""What `evaluate` says of a model, on a tiny hand-made model that names colours."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

onnx = pytest.importorskip("onnx")

from tests.training.conftest import COLOURS, coloured_set, picture, write  # noqa: E402
from tests.training.models import colour_model  # noqa: E402
from training.commands import group  # noqa: E402
from training.sizes import greediest, reduced  # noqa: E402

CLASSES = ("blue", "green", "red")


def run(*arguments: object, code: int = 0) -> str:
    """What the command says; fails where it ends otherwise than expected."""
    result = CliRunner().invoke(group, [str(a) for a in arguments])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Of six photos per colour, two red ones lie among the blue: so named, and so counted as wrong."""
    root = tmp_path_factory.mktemp("evaluate")
    rows = []
    for name in CLASSES:
        for i in range(6):
            shown = "red" if (name, i) in {("blue", 0), ("blue", 1)} else name
            path = f"test_set/{name}/{i} <b>.png"
            write(root / "set" / path, picture(len(rows), COLOURS[shown]))
            write(root / "set" / "training_set" / name / f"{i}.png", picture(100 + len(rows), COLOURS[name]))
            rows.append([path, name, "garden" if i < 3 else "school", str(i // 2)])
    with (root / "set" / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["path", "class", "source", "group"], *rows])
    colour_model(root / "model.onnx", CLASSES)
    output = run("evaluate", root / "model.onnx", root / "set", "--out", root / "out")
    assert "top-1 0.8889 on 18 photos" in output
    return root / "out", json.loads((root / "out" / "figures.json").read_text(encoding="utf-8"))


def test_figures_come_with_intervals(figures: tuple[Path, dict[str, Any]]) -> None:
    data = figures[1]
    assert data["top1"] == pytest.approx(16 / 18)
    low, high = data["top1_interval"]
    assert low < 16 / 18 < high
    blue, red = data["per_class"]["blue"], data["per_class"]["red"]
    assert (blue["recall"], red["precision"], blue["f1"]) == pytest.approx((4 / 6, 6 / 8, 8 / 10))
    assert blue["recall_interval"][0] < 4 / 6 <= blue["recall_interval"][1]
    assert red["recall_interval"] == [pytest.approx(1 / (1 + 1.959964**2 / 3)), 1.0], (
        "all right, in three groups: Wilson"
    )


def test_accuracy_is_told_by_source(figures: tuple[Path, dict[str, Any]]) -> None:
    sources = {row["source"]: (row["photos"], row["top1"]) for row in figures[1]["sources"]}
    assert sources == {"garden": (9, pytest.approx(7 / 9)), "school": (9, 1.0)}


def test_accuracy_is_told_by_size(figures: tuple[Path, dict[str, Any]]) -> None:
    sizes = figures[1]["sizes"]
    assert [row["px"] for row in sizes] == [96, 64, 48, 40, 32]
    at_48 = sizes[2]
    assert at_48["top1"] == pytest.approx(16 / 18)  # colours survive reduction
    assert (at_48["greediest"], at_48["times_its_share"]) == ("red", pytest.approx(8 / 6))
    assert at_48["answers_share"] == pytest.approx(8 / 18)


def test_the_most_wrong_photos_are_named_and_shown(figures: tuple[Path, dict[str, Any]]) -> None:
    out, data = figures
    assert {Path(row["path"]).parent.name for row in data["most_wrong"]} == {"blue"}
    assert {row["answer"] for row in data["most_wrong"]} == {"red"}
    page = (out / "index.html").read_text(encoding="utf-8")
    assert page.count("<figure>") == 2 * 2  # in both languages
    assert "0 &lt;b&gt;.png" in page


class Texts(HTMLParser):
    """The text of each language's part of the page; refuses what would be fetched from elsewhere."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.language, self.texts = "", {"en": "", "zh-CN": "", "": ""}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert tag not in ("script", "link", "iframe")
        assert (given.get("src") or "data:").startswith("data:")
        if tag == "main":
            self.language = given["lang"] or ""

    def handle_data(self, data: str) -> None:
        self.texts[self.language] += data


def test_the_page_stands_alone_and_speaks_both_languages(figures: tuple[Path, dict[str, Any]]) -> None:
    texts = Texts((figures[0] / "index.html").read_text(encoding="utf-8")).texts
    assert "It names 16 of 18 photos right" in texts["en"]
    assert "18 张照片中认对 16 张" in texts["zh-CN"]
    assert "red, called" not in texts["zh-CN"]
    assert "红" in texts["zh-CN"]  # the class's Chinese name
    assert "Class by class" not in texts["zh-CN"]


def test_speed_is_told_for_one_thread(figures: tuple[Path, dict[str, Any]]) -> None:
    assert figures[1]["speed_ms"]["1"] > 0


def test_reliability_counts_every_answer(figures: tuple[Path, dict[str, Any]]) -> None:
    assert sum(row["answers"] for row in figures[1]["reliability"]) == 18


def test_where_a_split_has_no_photos_another_is_proposed(tmp_path: Path) -> None:
    model = colour_model(tmp_path / "model.onnx", CLASSES)
    dataset = coloured_set(tmp_path / "set", ("training_set", "val_set"))
    output = run("evaluate", model, dataset, code=1)
    assert f"photos in test_set; found none in {dataset}; give --split val" in output


def test_figures_of_a_raw_folder_are_told_but_never_stamped(raw: Callable[..., Path], tmp_path: Path) -> None:
    """They may be of the photos that the model was trained on."""
    model, folder = colour_model(tmp_path / "model.onnx", CLASSES), raw(2)
    before = model.read_bytes()
    assert "on 6 photos" in run("evaluate", model, folder)
    refused = run("evaluate", model, folder, "--stamp", code=2)
    assert f"expected a prepared set to stamp figures of; found {folder}, a raw folder" in refused
    assert "top-1" not in refused
    assert model.read_bytes() == before


def test_a_reduced_photo_is_as_small_as_asked_and_never_enlarged() -> None:
    assert reduced(picture(0), 40).shape == (30, 40, 3)
    assert reduced(picture(0), 96).shape == (60, 80, 3)


def test_the_greediest_class_is_the_one_most_beyond_its_share() -> None:
    truth, answers = np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 0, 1, 1, 1])
    assert greediest(truth, answers, 3) == (1, 1.5)


def test_a_class_without_test_photos_can_be_the_greediest() -> None:
    truth, answers = np.array([0, 0, 0, 0, 1, 1]), np.array([0, 2, 2, 2, 1, 1])
    assert greediest(truth, answers, 3) == (2, 3.0)
