"""One file of several models answers with the mean of their answers."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
import onnxruntime  # noqa: E402

from edge.model.classifier import Classifier  # noqa: E402
from edge.model.contract import METADATA_KEY, XEDU_KEY, ModelCard, Preprocessing  # noqa: E402
from tests.training.conftest import COLOURS, coloured_set, picture  # noqa: E402
from tests.training.models import colour_model  # noqa: E402
from tests.training.test_evaluate import run  # noqa: E402
from training.ensemble import joined  # noqa: E402
from training.evaluate import evaluate  # noqa: E402
from training.familiar import POWER, Familiar, unit  # noqa: E402
from training.familiar_model import add_familiarity  # noqa: E402
from training.layout import read_prepared  # noqa: E402
from training.weighing import SAY_PREFIX, TILT, Weighing  # noqa: E402

CLASSES = ("blue", "green", "red")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return coloured_set(tmp_path / "set", ("training_set", "val_set"))


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


def test_a_weighed_mean_is_that_of_each_networks_own_answers(models: list[Path]) -> None:
    x = np.random.default_rng(0).uniform(0, 1, (4, 3, 224, 224)).astype(np.float32)
    first, second = (onnxruntime.InferenceSession(str(path)).run(None, {"input": x}) for path in models)
    prototypes = np.array([[1, 0, 0, 0, 1, 0]], np.float32) / np.sqrt(2, dtype=np.float32)
    together = joined([onnx.load(str(path)) for path in models], 1.0, Weighing((3, 3), (0.9, 0.2), (0.1, 0.1)))
    add_familiarity(together, Familiar(prototypes, ()))
    onnx.checker.check_model(together, full_check=True)
    probs = onnxruntime.InferenceSession(together.SerializeToString()).run(["probs"], {"input": x})[0]
    near = first[1] ** POWER / np.linalg.norm(first[1] ** POWER, axis=1, keepdims=True)
    scores = TILT * (near[:, :2] - (0.9, 0.2)) / 0.1
    say = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    assert say[:, 1].min() > 0.6
    assert probs == pytest.approx(say[:, :1] * first[0] + say[:, 1:] * second[0], abs=1e-5)


def test_what_is_familiar_counts_in_the_file_unless_all_is_ground(
    models: list[Path], dataset: Path, tmp_path: Path
) -> None:
    words = ["--dataset", dataset, "--out"]
    run("ensemble", *models, *words, tmp_path / "both.onnx")
    labels = tuple(replace(one, role="background") for one in Classifier.open(models[0]).card.labels)
    grounds = []
    for model in models:
        (folder := tmp_path / f"ground {model.stem}").mkdir()
        shutil.copy(model, folder)
        grounds.append(changed(folder / model.name, labels=labels))
    run("ensemble", *grounds, *words, tmp_path / "grounds.onnx")
    weighed = {
        name: any(node.name.startswith(SAY_PREFIX) for node in onnx.load(str(tmp_path / name)).graph.node)
        for name in ("both.onnx", "grounds.onnx")
    }
    assert weighed == {"both.onnx": True, "grounds.onnx": False}
    how = Classifier.open(tmp_path / "both.onnx").card.provenance["weighed_by_familiarity"]
    assert how["tilt"] == TILT
    assert how["widths"] == [3, 3]
    assert "weighed_by_familiarity" not in Classifier.open(tmp_path / "grounds.onnx").card.provenance


def test_the_file_has_all_that_an_exported_one_has(models: list[Path], dataset: Path, tmp_path: Path) -> None:
    output = run("ensemble", *models, "--dataset", dataset, "--out", tmp_path / "both.onnx")
    both, one = Classifier.open(tmp_path / "both.onnx"), Classifier.open(models[1])
    assert f"model {both.card.model_id}, " in output
    assert re.fullmatch("coloursx2-[0-9a-f]{8}", both.card.model_id)
    words = ["--dataset", dataset, "--out"]
    run("ensemble", *models, *words, tmp_path / "again.onnx")
    assert Classifier.open(tmp_path / "again.onnx").card.model_id == both.card.model_id
    run("ensemble", models[1], models[0], *words, tmp_path / "turned.onnx")
    assert Classifier.open(tmp_path / "turned.onnx").card.model_id != both.card.model_id
    assert (both.card.labels, both.card.preprocessing) == (one.card.labels, one.card.preprocessing)
    assert [each["model_id"] for each in both.card.provenance["ensemble_of"]] == ["colours-00000000"] * 2
    assert both.card.self_test
    assert both.card.unknown_below > 0
    assert both.card.dataset["counts"]["train"] == {"blue": 3, "green": 3, "red": 3}
    assert len(both.card.dataset["digest"]) == 12
    val = evaluate(tmp_path / "both.onnx", read_prepared(dataset).photos["val"])
    assert val.probabilities.max(1).mean() < 0.99, "nine photos that are named rightly are no reason to be sure"
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
    assert "two or more" in run("ensemble", models[0], models[0], *words, code=2)
    two = colour_model(tmp_path / "two.onnx", CLASSES[:2])
    assert "two.onnx" in run("ensemble", models[0], two, *words, code=2)
    green = dataset.parent / "green"
    shutil.copytree(dataset, green)
    for split in ("training_set", "val_set"):
        shutil.rmtree(green / split / "blue")
    (green / "classes.txt").unlink(missing_ok=True)
    assert "blue" in run("ensemble", *models, "--dataset", green, "--out", tmp_path / "both.onnx", code=1)
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


def exported(path: Path, backbone: str, seed: int, alive: bool = False) -> Path:
    """A network that has learned nothing; it says a third of everything, unless it is `alive`."""
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
    from training.checkpoint import Checkpoint
    from training.export import export
    from training.labels import labels_for
    from training.network import Network

    torch.manual_seed(seed)
    px = 32 if backbone == "lenet5" else 64
    network = Network(backbone, 3)
    if alive:
        torch.nn.init.normal_(network.head.weight, std=0.1)
        for part in network.modules():
            if isinstance(part, torch.nn.BatchNorm2d):
                part.momentum = 1.0
                part.train()  # unmeasured, batch norms let hardly anything through
        with torch.no_grad():
            network(torch.randn(8, 3, px, px))
    export(Checkpoint(backbone, CLASSES, network.state_dict(), px, 1.0, 0.3), labels_for(CLASSES), path)
    return path


def test_two_of_lenet_are_refused_by_name(dataset: Path, tmp_path: Path) -> None:
    files = [exported(tmp_path / f"{seed}.onnx", "lenet5", seed) for seed in (0, 1)]
    output = run("ensemble", *files, "--dataset", dataset, "--out", tmp_path / "both.onnx", code=2)
    assert "a LeNet that takes grey pictures" in output


@pytest.mark.parametrize("backbones", [("mobilenet_v2", "mobilenet_v2"), ("mobilenet_v2", "mobilenet_v3_small")])
def test_real_networks_are_joined_and_kept_in_16_or_8_bits(
    dataset: Path, tmp_path: Path, backbones: tuple[str, str]
) -> None:
    files = [exported(tmp_path / f"{seed}.onnx", one, seed, alive=True) for seed, one in enumerate(backbones)]
    run("ensemble", *files, "--dataset", dataset, "--out", tmp_path / "both.onnx")
    written = onnx.load(str(tmp_path / "both.onnx"))
    assert max(written.graph.initializer, key=lambda one: np.prod(one.dims)).data_type == onnx.TensorProto.FLOAT16
    properties = {entry.key: entry.value for entry in written.metadata_props}
    assert json.loads(properties[XEDU_KEY])["modelname"] == "MobileNet"
    pictures = [picture(i, colour) for i, colour in enumerate(COLOURS.values())]
    together = Classifier.open(tmp_path / "both.onnx").classify(pictures)
    run("ensemble", *files, "--dataset", dataset, "--out", tmp_path / "bytes.onnx", "--bits", 8)
    assert (tmp_path / "bytes.onnx").stat().st_size < 0.7 * (tmp_path / "both.onnx").stat().st_size
    small = Classifier.open(tmp_path / "bytes.onnx").classify(pictures)
    assert together.embeddings is not None
    assert small.embeddings is not None
    alike = unit(small.embeddings) @ unit(together.embeddings).T
    assert alike.diagonal().min() > 0.95, "what 8 bits see of a picture is what 16 bits see of it"
    assert alike[~np.eye(len(pictures), dtype=bool)].max() < 0.9, "which is no feat where all pictures look the same"
    assert small.familiarity == pytest.approx(together.familiarity, abs=0.05)


def test_a_set_without_validation_photos_is_refused(models: list[Path], dataset: Path, tmp_path: Path) -> None:
    for photo in (dataset / "val_set").rglob("*.png"):
        photo.unlink()
    (dataset / "val.txt").write_text("")
    assert "no photo at all" in run("ensemble", *models, "--dataset", dataset, "--out", tmp_path / "both.onnx", code=1)
    assert not (tmp_path / "both.onnx").exists()


def test_what_two_real_networks_both_prefer_their_file_prefers(dataset: Path, tmp_path: Path) -> None:
    files = [exported(tmp_path / f"{seed}.onnx", "mobilenet_v2", seed, alive=True) for seed in (0, 1)]
    run("ensemble", *files, "--dataset", dataset, "--out", tmp_path / "both.onnx")
    pictures = [picture(i, colour) for i, colour in enumerate(COLOURS.values())]
    first, second, both = (
        Classifier.open(file).classify(pictures).probabilities for file in (*files, tmp_path / "both.onnx")
    )
    preferred = (first[:, :, None] > first[:, None]) & (second[:, :, None] > second[:, None])
    assert preferred.any()
    assert (both[:, :, None] > both[:, None])[preferred].all()
