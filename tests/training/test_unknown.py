"""What was never taught is told from what is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
onnx = pytest.importorskip("onnx")
import torch  # noqa: E402

from edge.model.classifier import Classifier  # noqa: E402
from edge.model.contract import METADATA_KEY, ModelCard  # noqa: E402
from tests.training.conftest import COLOURS, picture, write  # noqa: E402
from tests.training.models import colour_model  # noqa: E402
from tests.training.test_evaluate import run  # noqa: E402
from training import left_out  # noqa: E402
from training.errors import TrainingError  # noqa: E402
from training.evaluate import evaluate  # noqa: E402
from training.familiar import MOST, STRANGE_SHARE, Familiar, Looks, find_prototypes, joined, learn_familiar  # noqa: E402
from training.layout import Photo, read_prepared  # noqa: E402
from training.network import Network  # noqa: E402
from training.unknown import auroc, called_strange, look  # noqa: E402

CLASSES = ("blue", "green", "red")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    for split, start in (("training_set", 0), ("val_set", 300), ("test_set", 600)):
        for number, name in enumerate(CLASSES):
            for i in range(6):
                write(tmp_path / "set" / split / name / f"{i}.png", picture(start + 10 * number + i, COLOURS[name]))
    for i in range(6):
        write(tmp_path / "strange" / "white" / f"{i}.png", picture(900 + i, (250, 250, 250)))
    return tmp_path / "set"


def test_auroc_counts_pairs() -> None:
    assert auroc(np.array([0.9, 0.8]), np.array([0.1, 0.2])) == 1.0
    assert auroc(np.array([0.5, 0.5]), np.array([0.5])) == 0.5
    assert auroc(np.array([0.9, 0.1]), np.array([0.5])) == 0.5


def test_prototypes_lie_where_the_photos_of_their_class_are() -> None:
    rng = np.random.default_rng(0)
    towards = np.eye(3, 8, dtype=np.float32)[[0] * 30 + [1] * 30 + [2] * 30]
    seen = (towards + rng.normal(0, 0.05, towards.shape)).astype(np.float32)
    targets = np.repeat([0, 1, 2], 30)
    prototypes = find_prototypes(seen[targets != 2], targets[targets != 2])
    assert prototypes.shape == (20, 8)
    assert np.linalg.norm(prototypes, axis=1) == pytest.approx(np.ones(20), abs=1e-5)
    assert (prototypes[:10, 0] > 0.95).all()
    assert (prototypes[:, 2] < 0.3).all()


def test_what_was_learned_is_more_familiar_than_what_was_not() -> None:
    rng = np.random.default_rng(0)
    seen = np.abs(np.repeat(np.eye(3, 8, dtype=np.float32), 50, axis=0) + rng.normal(0, 0.05, (150, 8)))
    targets = np.repeat([0, 1, 2], 50)
    sure = np.where(np.eye(3)[targets] == 1, 0.96, 0.02).astype(np.float32)
    known = Looks(sure, seen.astype(np.float32), targets)
    familiar = learn_familiar(known, [known], grounds=[2])
    strange = Looks(sure[:2], np.eye(8, dtype=np.float32)[[5, 6]], np.array([-1, -1]))
    assert familiar.familiarity(known.animals([2])).min() > 0.7 > 0.5 > familiar.familiarity(strange).max()
    assert called_strange(familiar, strange) == 1
    assert familiar.strange_below == MOST, "these are all alike"
    assert called_strange(familiar, known.animals([2])) == 0
    wrong = Looks(np.roll(sure, 1, axis=1), known.embeddings, targets)
    assert learn_familiar(known, [wrong], grounds=[2]).strange_below == 0, "nothing is known of what is named wrongly"
    unsure = Looks(np.full((1, 3), 1 / 3, np.float32), known.embeddings[:1], np.array([0]))
    assert familiar.familiarity(unsure)[0] < familiar.familiarity(known)[0], "a doubtful name counts a little"


def test_no_ground_is_familiar_however_many_classes_of_it_there_are() -> None:
    seen = np.repeat(np.float32([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0, 1]]), 20, axis=0)
    targets = np.repeat(np.arange(4), 20)
    sure = np.where(np.eye(4)[targets] == 1, 0.94, 0.02).astype(np.float32)
    familiar = learn_familiar(Looks(sure, seen, targets), [], grounds=(1, 3))
    assert {int(place) for place in familiar.prototypes.argmax(1)} == {0, 1}, "nothing of the third direction"
    score = familiar.familiarity(Looks(sure, seen, targets))
    assert score[targets == 2].min() > 0.9
    assert score[targets == 3].max() == 0
    assert score[targets == 1].max() < 0.8, "it looks like the first animal, but is called none"
    assert Familiar.read(familiar.kept()).grounds == (1, 3)
    with pytest.raises(TrainingError, match="none but background"):
        learn_familiar(Looks(sure, seen, targets), [], grounds=range(4))


@pytest.mark.parametrize(("background", "grounds"), [(1, (1,)), (0, (0,)), (None, ())])
def test_prototypes_of_an_older_checkpoint_are_read(background: int | None, grounds: tuple[int, ...]) -> None:
    kept = {"prototypes": torch.ones(2, 4), "background": background, "strange_below": 0.5}
    assert Familiar.read(kept).grounds == grounds


def test_nearly_all_that_is_named_rightly_passes_the_limit() -> None:
    rng = np.random.default_rng(0)
    seen = rng.random((400, 64)).astype(np.float32) ** 5
    targets = np.arange(400) % 4
    sure = np.where(np.eye(4)[targets] == 1, 0.94, 0.02).astype(np.float32)
    train, val = Looks(sure[:200], seen[:200], targets[:200]), Looks(sure[200:], seen[200:], targets[200:])
    limits = [learn_familiar(train, [val]).strange_below, learn_familiar(train, [val, train]).strange_below]
    assert limits[0] == limits[1], "of two sizes the lower limit counts"
    familiar = learn_familiar(train, [val])
    assert 0 < familiar.strange_below < MOST
    assert 0 < called_strange(familiar, val) <= STRANGE_SHARE


def test_the_file_says_how_familiar_and_the_rest_stays(dataset: Path, tmp_path: Path) -> None:
    model = colour_model(tmp_path / "model.onnx", CLASSES)
    arguments = ["--strange", tmp_path / "strange", "--out", tmp_path / "new.onnx"]
    output = run("unknown", model, dataset, *arguments)
    assert "white, 64 px" in output
    assert "are called strange (full size)" in output
    new, old = Classifier.open(tmp_path / "new.onnx"), Classifier.open(model)
    assert new.card.labels == old.card.labels
    assert new.card.strange_below == MOST
    assert [row["strange"] for row in new.card.metrics["unknown"]] == ["white", "white, 64 px"]
    images = [picture(i, COLOURS["red"]) for i in range(3)]
    before, after = old.classify(images), new.classify(images)
    assert after.probabilities == pytest.approx(before.probabilities, abs=1e-6)
    assert after.embeddings == pytest.approx(before.embeddings, abs=1e-5)
    train, val = (
        look(old, [Photo(p, p.parent.name) for p in sorted((dataset / split).rglob("*.png"))])
        for split in ("training_set", "val_set")
    )
    small = look(old, [Photo(p, p.parent.name) for p in sorted((dataset / "training_set").rglob("*.png"))], 64)
    familiar = learn_familiar(joined([train, small]), [val])
    expected = familiar.familiarity(Looks(before.probabilities, before.embeddings, np.zeros(3, np.int64)))
    assert after.familiarity == pytest.approx(expected, abs=1e-5)
    assert "without prototypes" in run("unknown", tmp_path / "new.onnx", dataset, "--out", tmp_path / "x.onnx", code=2)
    assert "nothing strange to try it on" in run("unknown", tmp_path / "new.onnx", dataset, "--stamp")
    assert Classifier.open(tmp_path / "new.onnx").card.metrics["unknown"], "figures are not replaced by none"
    assert "--force" in run("unknown", model, dataset, "--out", tmp_path / "new.onnx", code=2)


def test_a_file_is_judged_by_its_own_prototypes(dataset: Path, tmp_path: Path) -> None:
    words = ("--strange", tmp_path / "strange")
    run("unknown", colour_model(tmp_path / "model.onnx", CLASSES), dataset, *words, "--out", tmp_path / "new.onnx")
    before = Classifier.open(tmp_path / "new.onnx").card.metrics["unknown"]
    for photo in (dataset / "training_set").rglob("*.png"):  # what is there now would be other prototypes
        write(photo, picture(1, (250, 250, 250)))
    run("unknown", colour_model(tmp_path / "model.onnx", CLASSES), dataset, *words, "--out", tmp_path / "other.onnx")
    other = Classifier.open(tmp_path / "other.onnx").card.metrics["unknown"]
    assert "figures written into" in run("unknown", tmp_path / "new.onnx", dataset, *words, "--stamp")
    after = Classifier.open(tmp_path / "new.onnx").card.metrics["unknown"]
    assert [row["by_familiar"] for row in after] == [row["by_familiar"] for row in before]
    assert [row["by_familiar"] for row in after] != [row["by_familiar"] for row in other]


def test_known_animals_that_cannot_be_read_are_no_figure(dataset: Path, tmp_path: Path) -> None:
    for split in ("training_set", "val_set", "test_set"):
        (dataset / split / "blue").rename(dataset / split / "background")
    path = colour_model(tmp_path / "model.onnx", ("background", *CLASSES[1:]))
    model, card = onnx.load(path), Classifier.open(path).card
    labels = (replace(card.labels[0], role="background"), *card.labels[1:])
    onnx.helper.set_model_props(model, {METADATA_KEY: replace(card, labels=labels).to_json()})
    onnx.save(model, path)
    words = ("--strange", tmp_path / "strange")
    run("unknown", path, dataset, *words, "--out", tmp_path / "new.onnx")
    before = (tmp_path / "new.onnx").read_bytes()
    for name in CLASSES[1:]:
        for photo in (dataset / "test_set" / name).glob("*.png"):
            photo.write_bytes(b"no picture")
    said = run("unknown", tmp_path / "new.onnx", dataset, *words, "--stamp", code=1)
    assert "only unreadable ones of green, red" in said
    assert (tmp_path / "new.onnx").read_bytes() == before


def test_eight_bits_stay_as_familiar(dataset: Path, tmp_path: Path) -> None:
    run("unknown", colour_model(tmp_path / "model.onnx", CLASSES), dataset, "--out", tmp_path / "new.onnx")
    run("quantize", tmp_path / "new.onnx", dataset, "--out", tmp_path / "small.onnx")
    large, small = (Classifier.open(tmp_path / name) for name in ("new.onnx", "small.onnx"))
    images = [picture(i, colour) for i, colour in enumerate(COLOURS.values())]
    assert small.card.strange_below == large.card.strange_below
    assert small.classify(images).familiarity == pytest.approx(large.classify(images).familiarity, abs=0.02)


def set_of(folder: Path, colours: dict[str, tuple[int, int, int]]) -> Path:
    """Three photos of each colour in each split, and `weights.pth` beside the set."""
    for split in ("training_set", "val_set", "test_set"):
        for number, (name, colour) in enumerate(colours.items()):
            for i in range(3):
                write(folder / "set" / split / name / f"{i}.png", picture(len(split) * 50 + 9 * number + i, colour))
    torch.manual_seed(0)
    state = {key: value for key, value in Network("mobilenet_v2", 2).state_dict().items() if "features" in key}
    torch.save(state, folder / "weights.pth")
    return folder / "set"


def test_classes_are_left_out_two_at_a_time(tmp_path: Path) -> None:
    colours = COLOURS | {"white": (250, 250, 250), "black": (20, 20, 20)}
    known = set_of(tmp_path, colours)
    model = colour_model(tmp_path / "model.onnx", tuple(sorted(colours)))
    output = run("unknown", model, known, "--weights", tmp_path / "weights.pth")
    assert "black, blue" in output
    assert "green, red" in output
    assert "\nwhite  " in output, "the last of an odd number alone"


def test_classes_of_ground_are_never_left_out_and_stay_ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = {"white": (250, 250, 250), "black": (20, 20, 20), "yellow": (40, 220, 220)}
    prepared = read_prepared(set_of(tmp_path, COLOURS | more))
    assert prepared.classes == ("black", "blue", "green", "red", "white", "yellow")
    told: list[list[int]] = []

    def learn(train: Looks, val: list[Looks], grounds: list[int]) -> Familiar:
        told.append(grounds)
        return learn_familiar(train, val, grounds)

    monkeypatch.setattr(left_out, "learn_familiar", learn)
    rows, untried = left_out.leave_out(prepared, str(tmp_path / "weights.pth"), (0, 2))
    assert [row.strange for row in rows] == ["blue, red", "white, yellow"]
    assert untried == []
    assert told == [[0, 1], [0, 2]], "black and green, counted among the classes that are left"


def test_the_alarms_of_a_file_heed_what_it_finds_strange(dataset: Path, tmp_path: Path) -> None:
    model = tmp_path / "new.onnx"
    run("unknown", colour_model(tmp_path / "model.onnx", CLASSES), dataset, "--out", model)
    loaded = onnx.load(str(model))
    properties = {entry.key: entry.value for entry in loaded.metadata_props}
    card = ModelCard.from_json(properties[METADATA_KEY])
    labels = tuple(replace(label, role="background" if label.key == "green" else "pest") for label in card.labels)
    properties[METADATA_KEY] = replace(card, labels=labels, strange_below=1.0).to_json()
    onnx.helper.set_model_props(loaded, properties)
    onnx.save(loaded, str(model))
    done = evaluate(model, read_prepared(dataset).photos["test"])
    called = done.probabilities.argmax(axis=1)
    assert (done.strange == (called != 1)).all(), "ground is never strange"
    assert run("alarms", model, dataset, "--precision", 0.8, "--stamp")
    above = Classifier.open(model).card.metrics["alarm_above"]
    assert above["green"] is not None
    assert above["red"] is above["blue"] is None
