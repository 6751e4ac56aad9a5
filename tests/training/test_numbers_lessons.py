"""The numbers lessons on small data of their formats, through the commands that the lessons tell to type."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from click.testing import CliRunner, Result

from edge.model.classifier import Classifier
from tests.training.conftest import picture, write
from training.commands import group


def typed(*words: object) -> Result:
    done = CliRunner().invoke(group, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done


def learned(folder: Path, dataset: Path, backbone: str, *words: object) -> list[str]:
    """Trains for one epoch, exports, evaluates; the classes that the model file knows."""
    run, model = folder / f"run-{backbone}", folder / f"{backbone}.onnx"
    typed("train", dataset, "--out", run, "--backbone", backbone, "--epochs", 1, "--batch-size", 4, *words)
    typed("export", run / "best.pth", "--out", model)
    typed("evaluate", model, dataset)
    return [label.key for label in Classifier.open(model).card.labels]


def small_photos(folder: Path, classes: tuple[str, ...], px: int, grey: bool = False) -> Path:
    """As `prepare mnist` and `prepare cifar10` unpack them."""
    for number, name in enumerate(classes):
        for index in range(8):
            photo = cv2.resize(picture(100 * number + index, (220, 60 * number, 40)), (px, px))
            if grey:
                photo = np.asarray(cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY))
            write(folder / "images" / name / f"train_{index:05}.png", photo)
    return folder


def test_lenet_learns_grey_digits_of_28_pixels(tmp_path: Path) -> None:
    typed("prepare", small_photos(tmp_path / "raw", ("0", "1", "2"), 28, grey=True), tmp_path / "set")
    assert learned(tmp_path, tmp_path / "set", "lenet5") == ["0", "1", "2"]


@pytest.mark.parametrize("backbone", ["resnet18", "alexnet"])
def test_the_large_networks_learn_photos_of_32_pixels(tmp_path: Path, backbone: str) -> None:
    typed("prepare", small_photos(tmp_path / "raw", ("airplane", "lawn_mower"), 32), tmp_path / "set")
    assert learned(tmp_path, tmp_path / "set", backbone, "--weights", "none") == ["airplane", "lawn_mower"]


@pytest.mark.parametrize("from_table", [False, True])
def test_eyes_have_their_class_in_the_file_name_or_in_a_table(tmp_path: Path, from_table: bool) -> None:
    for seed in range(24):
        write(tmp_path / "eyes" / f"{'PNH'[seed % 3]}{seed:04}.jpg", picture(seed, (40, 40, 60 + 60 * (seed % 3))))
    if from_table:
        with (tmp_path / "labels.csv").open("w", newline="", encoding="utf-8") as file:
            names = sorted(path.name for path in (tmp_path / "eyes").iterdir())
            rows = [[i, name, int(name[0] == "P"), 0.5] for i, name in enumerate(names)]
            csv.writer(file).writerows([["ID", "imgName", "Label", "Fovea_X"], *rows])
        where = ("--labels-csv", tmp_path / "labels.csv", "--image-column", "imgName", "--label-column", "Label")
    else:
        where = ("--label-from-name", "P=myopia,N=normal,H=normal")
    typed("prepare", tmp_path / "eyes", tmp_path / "set", *where)
    expected = ["0", "1"] if from_table else ["myopia", "normal"]
    assert learned(tmp_path, tmp_path / "set", "lenet5") == expected
