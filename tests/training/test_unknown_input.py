"""What `unknown` is given may be wrong: it says what, before it looks at anything."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
onnx = pytest.importorskip("onnx")

from tests.training.conftest import coloured_set, picture, write  # noqa: E402
from tests.training.models import colour_model  # noqa: E402
from tests.training.test_evaluate import run  # noqa: E402

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
