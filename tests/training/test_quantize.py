"""An 8-bit model answers as the model it was made of, and says the same of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

onnx = pytest.importorskip("onnx")

from edge.model.classifier import Classifier  # noqa: E402
from edge.model.contract import XEDU_KEY  # noqa: E402
from tests.training.conftest import COLOURS, coloured_set, picture  # noqa: E402
from tests.training.models import colour_model  # noqa: E402
from tests.training.test_evaluate import run  # noqa: E402

CLASSES = ("blue", "green", "red")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return coloured_set(tmp_path / "set", ("training_set", "test_set"))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = colour_model(tmp_path / "model.onnx", CLASSES)
    loaded = onnx.load(str(path))
    loaded.metadata_props.add(key=XEDU_KEY, value=json.dumps({"modelname": "MobileNet", "classes": CLASSES}))
    onnx.save(loaded, str(path))
    return path


def test_the_8_bit_model_runs_on_the_device_and_keeps_its_metadata(dataset: Path, model: Path, tmp_path: Path) -> None:
    output = run("quantize", model, dataset, "--out", tmp_path / "int8.onnx")
    assert "top-1                  1.0000    1.0000" in output
    before, after = Classifier.open(model), Classifier.open(tmp_path / "int8.onnx")
    assert after.card.labels == before.card.labels
    assert after.card.preprocessing == before.card.preprocessing
    assert after.card.model_id == "colours-00000000-int8"
    assert after.card.self_test
    images = [picture(i, COLOURS["green"]) for i in range(3)]
    assert after.classify(images)[0] == pytest.approx(before.classify(images)[0], abs=0.05)
    written = onnx.load(str(tmp_path / "int8.onnx"))
    properties = {entry.key: entry.value for entry in written.metadata_props}
    assert json.loads(properties[XEDU_KEY])["modelname"] == "MobileNet"
    assert [(entry.domain, entry.version) for entry in written.opset_import] == [("", 17)]
    assert written.ir_version <= 8
    assert any(array.data_type == onnx.TensorProto.INT8 for array in written.graph.initializer)


def test_what_loses_too_much_is_kept_only_if_asked(
    dataset: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.side_by_side.MOST_LOST", -0.01)  # as if equal were a loss
    assert "--anyway" in run("quantize", model, dataset, "--out", tmp_path / "int8.onnx", code=1)
    assert sorted(path.name for path in tmp_path.glob("*.onnx")) == ["model.onnx"]
    run("quantize", model, dataset, "--out", tmp_path / "int8.onnx", "--anyway")
    assert Classifier.open(tmp_path / "int8.onnx").card.model_id.endswith("-int8")


def test_nothing_is_overwritten_unasked(dataset: Path, model: Path, tmp_path: Path) -> None:
    (tmp_path / "int8.onnx").write_bytes(b"another")
    assert "--force" in run("quantize", model, dataset, "--out", tmp_path / "int8.onnx", code=2)
    assert "a new file name" in run("quantize", model, dataset, "--out", model, "--force", code=2)
    assert (tmp_path / "int8.onnx").read_bytes() == b"another"


def test_a_model_of_mmedu_is_refused_with_what_to_do(dataset: Path, model: Path, tmp_path: Path) -> None:
    from edge.model.contract import METADATA_KEY

    loaded = onnx.load(str(model))
    kept = {entry.key: entry.value for entry in loaded.metadata_props if entry.key != METADATA_KEY}
    onnx.helper.set_model_props(loaded, kept)
    onnx.save(loaded, str(model))
    assert "gardenwatch-train export" in run("quantize", model, dataset, "--out", tmp_path / "int8.onnx", code=1)


def test_no_other_file_is_touched_whatever_its_name(dataset: Path, model: Path, tmp_path: Path) -> None:
    trial = model.rename(tmp_path / "int8.trial.onnx")
    was = trial.read_bytes()
    run("quantize", trial, dataset, "--out", tmp_path / "int8.onnx")
    assert trial.read_bytes() == was
    assert Classifier.open(tmp_path / "int8.onnx").card.model_id == "colours-00000000-int8"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["int8.onnx", "int8.trial.onnx", "set"]


def test_a_set_without_photos_to_measure_on_is_refused_at_once(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("training.quantize.quantize_static")
    only = coloured_set(tmp_path / "only", ("training_set",))
    assert "photos in test_set or val_set" in run("quantize", model, only, "--out", tmp_path / "int8.onnx", code=1)


def test_photos_that_cannot_be_read_are_neither_timed_nor_counted(dataset: Path, model: Path, tmp_path: Path) -> None:
    (dataset / "test_set" / "blue" / "0.png").write_bytes(b"no picture")
    output = run("quantize", model, dataset, "--out", tmp_path / "int8.onnx")
    assert "top-1 on 8 photos" in output
