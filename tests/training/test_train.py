"""A tiny run for real: generated photos, random start weights, the whole command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from click.testing import CliRunner

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
onnx = pytest.importorskip("onnx")

from edge.model.classifier import Classifier  # noqa: E402
from edge.model.contract import GREY, METADATA_KEY, XEDU_KEY, ModelCard, Preprocessing  # noqa: E402
from tests.training.conftest import COLOURS, picture, write  # noqa: E402
from training.batches import answers, photo_batches  # noqa: E402
from training.checkpoint import load_checkpoint  # noqa: E402
from training.commands import group  # noqa: E402
from training.errors import TrainingError, UsageError  # noqa: E402
from training.export import Exported, export  # noqa: E402
from training.familiar import Familiar, Looks  # noqa: E402
from training.labels import labels_for  # noqa: E402
from training.layout import read_prepared  # noqa: E402
from training.pictures import read_picture  # noqa: E402
from training.recipe import Recipe, Trained  # noqa: E402
from training.run import Sources, run_training  # noqa: E402
from training.samples import Sample, load_samples  # noqa: E402
from training.train import Listener  # noqa: E402

Raw = Callable[..., Path]
TINY = Recipe(weights="none", epochs=1, batch_size=8, size_px=70)


def run(*arguments: object, code: int = 0) -> str:
    """What the command says; fails where it ends otherwise than expected."""
    result = CliRunner().invoke(group, [str(a) for a in arguments])
    assert result.exit_code == code, result.output
    return result.output


def make(root: Path, names: dict[str, tuple[int, int, int]], count: int = 4) -> Path:
    """A prepared set of `count` photos per class and split."""
    for split, offset in (("training_set", 0), ("val_set", 500), ("test_set", 700)):
        for number, (name, colour) in enumerate(names.items()):
            for i in range(count):
                write(root / split / name / f"{i}.jpg", picture(1000 * number + offset + i, colour))
    (root / "classes.txt").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """set/, run/ and model.onnx of one tiny training; class names in Chinese among them."""
    root = tmp_path_factory.mktemp("workshop")
    make(root / "set", {"蚜虫": COLOURS["red"], "leaf": COLOURS["green"], "background": COLOURS["blue"]})
    arguments = ["--weights", "none", "--epochs", 2, "--batch-size", 6, "--workers", 0, "--device", "cpu"]
    output = run("train", root / "set", "--out", root / "run", *arguments)
    assert "epoch 2/2: validation accuracy" in output
    run("export", root / "run" / "best.pth", "--out", root / "model.onnx")
    return root


def test_a_run_leaves_checkpoint_figures_and_curves(workshop: Path) -> None:
    with (workshop / "run" / "metrics.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    kept, prepared = load_checkpoint(workshop / "run" / "best.pth"), read_prepared(workshop / "set")
    photos = photo_batches(load_samples(prepared.photos["val"], prepared.classes), Recipe())
    logits, targets = answers(kept.network(), photos, Recipe())
    assert kept.metrics["val_accuracy"] == pytest.approx(float((logits.argmax(1) == targets).mean()))
    assert (workshop / "run" / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_the_file_follows_contract_1(workshop: Path) -> None:
    model = onnx.load(str(workshop / "model.onnx"))
    assert model.opset_import[0].version <= 17
    assert model.ir_version <= 8
    assert [i.name for i in model.graph.input] == ["input"]
    assert [o.name for o in model.graph.output] == ["probs", "embedding", "familiarity"]
    assert not list(workshop.glob("*.data"))
    properties = {entry.key: entry.value for entry in model.metadata_props}
    assert all(value.isascii() for value in properties.values())
    xedu = json.loads(properties[XEDU_KEY])
    assert xedu == {"codebase": "MMCls", "modelname": "MobileNet", "classes": ["蚜虫", "leaf", "background"]}
    card = ModelCard.from_json(properties[METADATA_KEY])
    assert [label.role for label in card.labels] == ["neutral", "neutral", "background"]
    assert len(card.dataset["digest"]) == 12
    assert card.dataset["counts"]["train"] == {"蚜虫": 4, "leaf": 4, "background": 4}
    assert len(card.self_test) == 3


@pytest.mark.parametrize("count", [1, 3])
def test_takes_any_number_of_pictures_and_agrees_with_torch(workshop: Path, count: int) -> None:
    session = onnxruntime.InferenceSession(str(workshop / "model.onnx"), providers=["CPUExecutionProvider"])
    x = np.random.default_rng(0).normal(0, 1, (count, 3, 224, 224)).astype(np.float32)
    probs, embedding, familiarity = session.run(None, {"input": x})
    assert (probs.shape, embedding.shape, familiarity.shape) == ((count, 3), (count, 1280), (count,))
    assert probs.sum(axis=1) == pytest.approx(np.ones(count), abs=1e-5)
    checkpoint = load_checkpoint(workshop / "run" / "best.pth")
    with torch.inference_mode():
        ours, _embedding = Exported(checkpoint.network(), checkpoint.temperature).eval()(torch.from_numpy(x))
    assert np.abs(probs - ours.numpy()).max() < 1e-4
    looks = Looks(probs, embedding, np.zeros(count, np.int64))
    assert familiarity == pytest.approx(Familiar.read(checkpoint.familiar).familiarity(looks), abs=1e-4)


def test_agrees_with_torch_on_real_photos(workshop: Path, shared: Path) -> None:
    paths = sorted((shared / "data" / "photos" / "images").glob("*/*_1.jpg"))[:8]
    classifier = Classifier.open(workshop / "model.onnx")
    pictures = [read_picture(path) for path in paths]
    checkpoint = load_checkpoint(workshop / "run" / "best.pth")
    x = torch.from_numpy(np.stack([classifier.card.preprocessing(p) for p in pictures]))
    with torch.inference_mode():
        ours, embedding = Exported(checkpoint.network(), checkpoint.temperature).eval()(x)
    probs, vectors, _familiarity = classifier.classify(pictures)
    assert len(paths) == 8
    assert np.abs(probs - ours.numpy()).max() < 1e-4
    assert vectors == pytest.approx(embedding.numpy(), abs=1e-3)


def test_evaluate_says_what_the_device_would_answer(workshop: Path) -> None:
    output = run("evaluate", workshop / "model.onnx", workshop / "set", "--out", workshop / "figures", "--stamp")
    figures = json.loads((workshop / "figures" / "figures.json").read_text(encoding="utf-8"))
    classifier = Classifier.open(workshop / "model.onnx")
    photos = read_prepared(workshop / "set").photos["test"]
    answers = classifier.classify([read_picture(photo.path) for photo in photos])[0].argmax(axis=1)
    keys = [label.key for label in classifier.card.labels]
    right = sum(keys[answer] == photo.label for answer, photo in zip(answers, photos, strict=True))
    assert figures["top1"] == pytest.approx(right / 12)
    assert f"top-1 {right / 12:.4f} on 12 photos" in output
    assert (workshop / "figures" / "confusion.png").read_bytes().startswith(b"\x89PNG")
    assert classifier.card.metrics["top1"] == pytest.approx(right / 12, abs=1e-4)


def test_evaluate_refuses_photos_of_other_classes(workshop: Path, raw: Raw) -> None:
    assert "blue, green, red" in run("evaluate", workshop / "model.onnx", raw(2), code=1)


def test_a_bad_model_is_a_failure_that_says_what_to_do(workshop: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"nothing")
    assert "error: expected" in run("evaluate", tmp_path / "bad.onnx", workshop / "set", code=1)


def test_a_network_can_see_all_of_a_long_photo(tmp_path: Path) -> None:
    """From the training to the file and back, and in what the head is fitted to."""
    make(tmp_path / "set", COLOURS)
    recipe = replace(TINY, resize="longer_side")
    done = run_training(Sources(tmp_path / "set"), tmp_path / "run", recipe)
    checkpoint = load_checkpoint(done.best)
    export(checkpoint, labels_for(checkpoint.classes), tmp_path / "model.onnx")
    wanted = Preprocessing(TINY.size_px, TINY.size_px, "longer_side")
    assert Classifier.open(tmp_path / "model.onnx").card.preprocessing == wanted
    assert load_checkpoint(tmp_path / "model.onnx").preprocessing == checkpoint.preprocessing == wanted
    goes_on = run_training(Sources(tmp_path / "set", done.best), tmp_path / "on", TINY)
    assert load_checkpoint(goes_on.best).resize == "longer_side", "as the checkpoint, where nothing is said"
    typed = replace(TINY, resize="shorter_side")
    other = run_training(Sources(tmp_path / "set", done.best), tmp_path / "other", typed)
    assert load_checkpoint(other.best).resize == "shorter_side"
    long = Sample(tmp_path / "long.png", 0, np.full((20, 60, 3), 200, np.uint8))
    ((pictures, _targets),) = photo_batches([long], recipe)
    rows = (pictures[0, 0] == GREY[2]).all(1)
    assert int(rows.sum()) == pytest.approx(TINY.size_px * 2 / 3, abs=2)


def test_the_same_seed_learns_the_same(tmp_path: Path) -> None:
    make(tmp_path / "set", COLOURS)
    first, second = (run_training(Sources(tmp_path / "set"), tmp_path / name, TINY) for name in ("a", "b"))
    assert replace(first.epochs[0], seconds=0.0) == replace(second.epochs[0], seconds=0.0)


def test_ctrl_c_keeps_a_network_that_can_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "set", COLOURS)
    from training.transforms import photo_view

    seen: list[int] = []

    def impatient(*given: Any, **more: Any) -> object:
        seen.append(1)
        if len(seen) == 18:  # in the middle of the second epoch of twelve photos
            raise KeyboardInterrupt
        return photo_view(*given, **more)

    monkeypatch.setattr("training.samples.photo_view", impatient)
    done = run_training(Sources(tmp_path / "set"), tmp_path / "run", replace(TINY, epochs=9, batch_size=4))
    assert done.interrupted
    assert [epoch.epoch for epoch in done.epochs] == [1, 2]
    checkpoint = load_checkpoint(done.best)
    export(checkpoint, labels_for(checkpoint.classes), tmp_path / "model.onnx")
    assert Classifier.open(tmp_path / "model.onnx").card.model_id


def test_ctrl_c_while_an_epoch_is_validated_keeps_the_network_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "set", COLOURS)
    validated: list[int] = []

    def impatient(*given: Any) -> object:
        validated.append(1)
        if len(validated) == 2:
            raise KeyboardInterrupt
        return answers(*given)

    monkeypatch.setattr("training.train.batches.answers", impatient)
    done = run_training(Sources(tmp_path / "set"), tmp_path / "run", replace(TINY, epochs=9, batch_size=4))
    assert done.interrupted
    assert [epoch.epoch for epoch in done.epochs] == [1]
    assert load_checkpoint(done.best).metrics["epoch"] == 1


def test_ctrl_c_is_answered_by_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "set", COLOURS)
    stopped = Trained([], tmp_path / "run" / "best.pth", 0.75, True)
    monkeypatch.setattr("training.run.run_training", lambda *_given, **_more: stopped)
    output = run("train", tmp_path / "set", "--out", tmp_path / "run", code=130)
    assert "stopped; the best network so far is kept" in output
    assert "best validation accuracy 0.750" in output


def test_goes_on_from_a_checkpoint_even_with_other_classes(workshop: Path, tmp_path: Path) -> None:
    make(tmp_path / "set", {"a": COLOURS["red"], "b": COLOURS["green"]})
    best = workshop / "run" / "best.pth"
    notes: list[str] = []
    listener = Listener(note=notes.append)
    done = run_training(Sources(tmp_path / "set", best), tmp_path / "run", replace(TINY, lr=1e-9), listener)
    assert notes[:1] == [
        "the checkpoint knows other classes (蚜虫, leaf, background): "
        "what it sees is kept, their names are learned anew"
    ]
    old, new = load_checkpoint(best), load_checkpoint(done.best)
    assert new.classes == ("a", "b")
    key = "features.0.0.weight"
    assert torch.allclose(old.state[key], new.state[key], atol=1e-6)


def test_extra_photos_join_the_training_only(raw: Raw, tmp_path: Path) -> None:
    make(tmp_path / "set", COLOURS)
    extra = raw(3, {"red": (0, 0, 250), "blue": (250, 0, 0)})
    done = run_training(Sources(tmp_path / "set", extra=extra), tmp_path / "run", TINY)
    dataset = load_checkpoint(done.best).dataset
    assert dataset["extra"] == {"red": 3, "blue": 3}
    assert dataset["counts"]["val"] == {"red": 4, "green": 4, "blue": 4}


def test_a_run_is_not_overwritten_unasked(workshop: Path) -> None:
    assert "--force" in run("train", workshop / "set", "--out", workshop / "run", code=2)
    assert "--force" in run("export", workshop / "run" / "best.pth", "--out", workshop / "model.onnx", code=2)


def test_a_set_without_validation_photos_is_refused(tmp_path: Path) -> None:
    root = make(tmp_path / "set", COLOURS, count=2)
    for path in (root / "val_set").rglob("*.jpg"):
        path.unlink()
    with pytest.raises(TrainingError, match="val_set"):
        run_training(Sources(root), tmp_path / "run", TINY)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("data", [b"", b"no checkpoint"])
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "best.pth").write_bytes(data)
    with pytest.raises(UsageError, match=r"best\.pth"):
        load_checkpoint(tmp_path / "best.pth")
