"""The mean of trainings that went on from each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from edge.model.classifier import Classifier  # noqa: E402
from tests.training.conftest import COLOURS  # noqa: E402
from tests.training.test_train import make, run  # noqa: E402
from training.checkpoint import Checkpoint, load_checkpoint  # noqa: E402
from training.layout import read_prepared  # noqa: E402
from training.network import Network  # noqa: E402
from training.pictures import read_picture  # noqa: E402
from training.slim import slim  # noqa: E402


def checkpoint(seed: int, classes: tuple[str, ...] = ("leaf", "slug")) -> Checkpoint:
    torch.manual_seed(seed)
    state = Network("mobilenet_v2", len(classes)).state_dict()
    return Checkpoint("mobilenet_v2", classes, state, size_px=70, temperature=1.0, unknown_below=0.5)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make(tmp_path / "set", {"leaf": COLOURS["green"], "slug": COLOURS["red"]}, count=2)


def test_it_sees_by_the_mean_of_all_weights_and_its_head_is_fitted_to_that(tmp_path: Path, dataset: Path) -> None:
    given = [checkpoint(1), checkpoint(2)]
    for number, one in enumerate(given):
        one.save(tmp_path / f"{number}.pth")
    words = ["--dataset", dataset, "--out", tmp_path / "mean.pth"]
    output = run("average", tmp_path / "0.pth", tmp_path / "1.pth", *words)
    mean = load_checkpoint(tmp_path / "mean.pth")
    assert f"validation accuracy of the average {mean.metrics['val_accuracy']:.3f}" in output
    for key in ("features.0.0.weight", "features.18.1.bias"):
        torch.testing.assert_close(mean.state[key], (given[0].state[key] + given[1].state[key]) / 2)
    assert mean.metrics["val_accuracy"] == 1.0, "green and red are easily told apart"
    run("export", tmp_path / "mean.pth", "--out", tmp_path / "mean.onnx")
    leaf = [read_picture(dataset / "training_set" / "leaf" / "0.jpg")]
    assert Classifier.open(tmp_path / "mean.onnx").classify(leaf).familiarity[0] > 0.9, "it has its own prototypes"


def test_refuses_checkpoints_that_do_not_belong_together(tmp_path: Path, dataset: Path) -> None:
    checkpoint(1).save(tmp_path / "a.pth")
    replace(checkpoint(1), classes=("ant", "bee")).save(tmp_path / "b.pth")
    words = ["--dataset", dataset, "--out", tmp_path / "mean.pth"]
    for given in (["a.pth"], ["a.pth", "b.pth"]):
        run("average", *(tmp_path / name for name in given), *words, code=2)
    assert not (tmp_path / "mean.pth").exists()


def test_a_slimmed_and_a_whole_network_have_no_mean(tmp_path: Path, dataset: Path) -> None:
    checkpoint(1).save(tmp_path / "a.pth")
    slim(checkpoint(1), 0.5).save(tmp_path / "b.pth")
    words = ["--dataset", dataset, "--out", tmp_path / "mean.pth"]
    assert "width" in run("average", tmp_path / "a.pth", tmp_path / "b.pth", *words, code=2)


def test_a_set_without_validation_photos_is_refused(tmp_path: Path, dataset: Path) -> None:
    for path in (dataset / "val_set").rglob("*.jpg"):
        path.unlink()
    checkpoint(1).save(tmp_path / "a.pth")
    words = ["--dataset", dataset, "--out", tmp_path / "mean.pth"]
    assert "photos that check a training" in run("average", tmp_path / "a.pth", tmp_path / "a.pth", *words, code=1)


def test_grounds_are_those_of_a_table_of_ones_own(
    tmp_path: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "labels.csv").write_text("key,role\nslug,background\n", encoding="utf-8")
    checkpoint(1).save(tmp_path / "a.pth")
    seen: list[tuple[int, ...]] = []

    def familiar(
        one: Checkpoint, _train: object, _val: object, grounds: tuple[int, ...], _recipe: object
    ) -> Checkpoint:
        seen.append(grounds)
        return one

    monkeypatch.setattr("training.average.familiarised", familiar)
    words = ["--dataset", dataset, "--out", tmp_path / "mean.pth", "--labels", tmp_path / "labels.csv"]
    run("average", tmp_path / "a.pth", tmp_path / "a.pth", *words)
    assert seen == [(read_prepared(dataset).classes.index("slug"),)]


def test_a_mean_is_not_written_to_a_file_of_another_suffix(tmp_path: Path, dataset: Path) -> None:
    words = ["--dataset", dataset, "--out", tmp_path / "mean.onnx"]
    assert "a new file name ending in .pth" in run("average", tmp_path / "absent.pth", *words, code=2)
