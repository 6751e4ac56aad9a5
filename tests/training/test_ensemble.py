"""One file of several models answers with the mean of their answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
import onnxruntime  # noqa: E402

from edge.model.classifier import Classifier  # noqa: E402
from edge.model.contract import METADATA_KEY, ModelCard, Preprocessing  # noqa: E402
from tests.training.conftest import COLOURS, picture, write  # noqa: E402
from tests.training.models import colour_model  # noqa: E402
from tests.training.test_evaluate import run  # noqa: E402
from training.ensemble import joined  # noqa: E402

CLASSES = ("blue", "green", "red")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    for split, start in (("training_set", 0), ("val_set", 50)):
        for number, name in enumerate(CLASSES):
            for i in range(3):
                image = picture(start + 10 * number + i, COLOURS[name])
                write(tmp_path / "set" / split / name / f"{i}.png", image)
    return tmp_path / "set"


@pytest.fixture
def models(tmp_path: Path) -> list[Path]:
    return [colour_model(tmp_path / f"{sharpness}.onnx", CLASSES, sharpness) for sharpness in (0.5, 4.0)]


def changed(model: Path, **fields: object) -> Path:
    """A copy whose card says otherwise."""
    loaded = onnx.load(str(model))
    card = ModelCard.from_json(loaded.metadata_props[0].value)
    onnx.helper.set_model_props(loaded, {METADATA_KEY: replace(card, **fields).to_json()})  # type: ignore[arg-type]
    other = model.with_name("other.onnx")
    onnx.save(loaded, str(other))
    return other


def test_probabilities_are_meaned_and_sharpened_and_each_part_of_the_embedding_has_unit_length(
    models: list[Path],
) -> None:
    x = np.random.default_rng(0).normal(0, 1, (4, 3, 224, 224)).astype(np.float32) * 5
    alone = [onnxruntime.InferenceSession(str(path)).run(None, {"input": x}) for path in models]
    together = joined([onnx.load(str(path)) for path in models], 0.5)
    onnx.checker.check_model(together, full_check=True)
    probs, embedding = onnxruntime.InferenceSession(together.SerializeToString()).run(None, {"input": x})
    squared = np.mean([said for said, _seen in alone], axis=0) ** 2
    assert probs == pytest.approx(squared / squared.sum(1, keepdims=True), abs=1e-6)
    units = [seen / np.linalg.norm(seen, axis=1, keepdims=True) for _said, seen in alone]
    assert embedding == pytest.approx(np.concatenate(units, axis=1), abs=1e-6)


def test_the_file_has_all_that_an_exported_one_has(models: list[Path], dataset: Path, tmp_path: Path) -> None:
    output = run("ensemble", *models, "--dataset", dataset, "--out", tmp_path / "both.onnx")
    both, one = Classifier.open(tmp_path / "both.onnx"), Classifier.open(models[1])
    assert f"model {both.card.model_id}, " in output
    assert both.card.model_id.startswith("coloursx2-")
    assert (both.card.labels, both.card.preprocessing) == (one.card.labels, one.card.preprocessing)
    assert [each["model_id"] for each in both.card.provenance["ensemble_of"]] == ["colours-00000000"] * 2
    assert both.card.self_test
    assert both.card.strange_below > 0, "it has prototypes of its own"
    answers = both.classify([picture(1, COLOURS[name]) for name in CLASSES])
    assert [CLASSES[k] for k in answers.probabilities.argmax(1)] == list(CLASSES)
    assert answers.familiarity.min() > both.card.strange_below
    written = onnx.load(str(tmp_path / "both.onnx"))
    assert written.ir_version <= 8
    assert [(entry.domain, entry.version) for entry in written.opset_import] == [("", 17)]


def test_refuses_what_does_not_belong_together(models: list[Path], dataset: Path, tmp_path: Path) -> None:
    words = ["--dataset", dataset, "--out", tmp_path / "both.onnx"]
    assert "two or more" in run("ensemble", models[0], *words, code=2)
    whole = changed(models[0], preprocessing=Preprocessing(resize_px=224, resize="longer_side"))
    assert "other.onnx" in run("ensemble", models[0], whole, *words, code=2)
    two = colour_model(tmp_path / "two.onnx", CLASSES[:2])
    assert "two.onnx" in run("ensemble", models[0], two, *words, code=2)
    assert not (tmp_path / "both.onnx").exists()
    run("ensemble", *models, *words)
    assert "both.onnx" in run(
        "ensemble", models[0], tmp_path / "both.onnx", "--dataset", dataset, "--out", tmp_path / "three.onnx", code=2
    )


def test_nothing_is_overwritten_unasked(models: list[Path], dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "both.onnx").write_bytes(b"another")
    words = ["--dataset", dataset, "--out"]
    assert "--force" in run("ensemble", *models, *words, tmp_path / "both.onnx", code=2)
    assert "a new file name" in run("ensemble", *models, *words, models[0], "--force", code=2)
    assert (tmp_path / "both.onnx").read_bytes() == b"another"
