"""What `unknown` is given may be wrong: it says what, before it looks at anything."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
onnx = pytest.importorskip("onnx")

from edge.model.classifier import Classifier  # noqa: E402
from edge.model.contract import METADATA_KEY  # noqa: E402
from tests.training.conftest import COLOURS, coloured_set, picture, write  # noqa: E402
from tests.training.models import colour_model  # noqa: E402
from tests.training.test_evaluate import run  # noqa: E402
from tests.training.test_unknown import set_of  # noqa: E402
from training.errors import TrainingError  # noqa: E402
from training.layout import Photo  # noqa: E402
from training.unknown import BATCH, look  # noqa: E402

CLASSES = ("blue", "green", "red")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return coloured_set(tmp_path / "set", ("training_set", "val_set", "test_set"))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return colour_model(tmp_path / "model.onnx", CLASSES)


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    write(tmp_path / "strange" / "white" / "0.png", picture(900, (250, 250, 250)))
    return tmp_path / "strange"


def test_photos_of_classes_that_the_model_lacks_are_refused(dataset: Path, tmp_path: Path, strange: Path) -> None:
    model = colour_model(tmp_path / "model.onnx", ("blue", "green"))
    before = model.read_bytes()
    output = run("unknown", model, dataset, "--strange", strange, "--stamp", code=1)
    assert "the model's classes (blue, green); found photos of red" in output
    assert model.read_bytes() == before


def test_a_folder_of_strange_photos_must_be_one(dataset: Path, model: Path, tmp_path: Path) -> None:
    absent, empty = tmp_path / "absent", tmp_path / "empty"
    empty.mkdir()
    assert f"nothing at {absent}" in run("unknown", model, dataset, "--strange", absent, code=2)
    assert f"none in {empty}" in run("unknown", model, dataset, "--strange", empty, code=2)


def test_without_strange_photos_there_is_nothing_to_tell(dataset: Path, model: Path) -> None:
    assert "give --strange or --weights" in run("unknown", model, dataset)


@pytest.mark.parametrize(("missing", "arguments"), [("val_set", ()), ("test_set", ("--strange", "strange"))])
def test_a_set_without_the_photos_that_are_needed_is_refused(
    dataset: Path, model: Path, strange: Path, missing: str, arguments: tuple[str, ...]
) -> None:
    shutil.rmtree(dataset / missing)
    words = [strange if word == "strange" else word for word in arguments]
    output = run("unknown", model, dataset, *words, code=1)
    assert f"photos in {missing}; found none in {dataset}" in output


def test_many_unreadable_photos_in_a_row_are_passed_over(model: Path, tmp_path: Path) -> None:
    broken = [write(tmp_path / f"{i}.png", picture(i)) for i in range(BATCH)]
    for path in broken:
        path.write_bytes(b"no picture")
    good = write(tmp_path / "good.png", picture(99))
    classifier = Classifier.open(model, threads=1)
    looks = look(classifier, [Photo(path, "red") for path in (*broken, good)])
    assert looks.targets.tolist() == [CLASSES.index("red")]
    with pytest.raises(TrainingError, match=f"readable photos; found no photo at all; look at those in {tmp_path}"):
        look(classifier, [Photo(path, "red") for path in broken])


COLOURS_OF_FIVE = COLOURS | {"white": (250, 250, 250), "black": (20, 20, 20)}
"""Left out as black and blue, green and red, white."""


def test_classes_without_test_photos_are_not_tried_and_spoil_no_mean(tmp_path: Path) -> None:
    known = set_of(tmp_path, COLOURS_OF_FIVE)
    for name in ("green", "red"):
        shutil.rmtree(known / "test_set" / name)
    model = colour_model(tmp_path / "model.onnx", tuple(sorted(COLOURS_OF_FIVE)))
    output = run("unknown", model, known, "--weights", tmp_path / "weights.pth", "--stamp")
    assert "not tried, for want of test photos: green, red\n" in output
    assert "nan" not in output
    rows = Classifier.open(model).card.metrics["unknown"]
    assert [row["strange"] for row in rows] == ["black, blue", "white"]
    mean = re.search(r"^mean +(\S+)", output, re.MULTILINE)
    assert mean is not None
    assert float(mean[1]) == pytest.approx(sum(row["by_confidence"] for row in rows) / 2, abs=0.001)


def test_classes_beside_which_no_other_animal_is_shown_cannot_be_tried(tmp_path: Path) -> None:
    known = set_of(tmp_path, COLOURS_OF_FIVE)
    for name in ("green", "red", "white"):
        shutil.rmtree(known / "test_set" / name)
    model = colour_model(tmp_path / "model.onnx", tuple(sorted(COLOURS_OF_FIVE)))
    output = run("unknown", model, known, "--weights", tmp_path / "weights.pth", code=1)
    assert f"test photos of animals that are left out, and of others; found none in {known}" in output


def test_where_the_test_photos_show_only_background_nothing_is_measured(
    dataset: Path, model: Path, strange: Path
) -> None:
    loaded = onnx.load(str(model))
    card = Classifier.open(model).card
    labels = tuple(replace(label, role="background" if label.key == "green" else "pest") for label in card.labels)
    properties = {entry.key: entry.value for entry in loaded.metadata_props}
    onnx.helper.set_model_props(loaded, properties | {METADATA_KEY: replace(card, labels=labels).to_json()})
    onnx.save(loaded, str(model))
    for name in ("blue", "red"):
        shutil.rmtree(dataset / "test_set" / name)
    output = run("unknown", model, dataset, "--strange", strange, code=1)
    assert f"expected test photos of animals; found none but background in {dataset}" in output
