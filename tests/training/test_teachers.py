"""What other networks see of the photos is learned, too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs PyTorch: pip install -e '.[training]'")

onnx = pytest.importorskip("onnx")

from edge.model.classifier import Classifier  # noqa: E402
from edge.model.contract import METADATA_KEY, ModelCard  # noqa: E402
from tests.training.conftest import COLOURS  # noqa: E402
from tests.training.models import colour_model  # noqa: E402
from tests.training.test_train import make, run  # noqa: E402
from training import teachers  # noqa: E402
from training.checkpoint import load_checkpoint  # noqa: E402
from training.errors import UsageError  # noqa: E402
from training.layout import read_prepared  # noqa: E402
from training.recipe import Recipe  # noqa: E402
from training.run import Sources, resume_training, run_training  # noqa: E402
from training.samples import Sample, load_samples  # noqa: E402
from training.train import Listener  # noqa: E402

TINY = Recipe(weights="none", epochs=2, batch_size=4, size_px=64, patience=0)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make(tmp_path / "set", {"leaf": COLOURS["green"], "slug": COLOURS["red"]}, count=4)


@pytest.fixture
def teacher(tmp_path: Path) -> Path:
    """Sees three things of a photo: its mean colour."""
    return colour_model(tmp_path / "teacher.onnx", ("leaf", "slug"))


@pytest.fixture
def samples(dataset: Path) -> list[Sample]:
    prepared = read_prepared(dataset)
    return load_samples(prepared.photos["train"], prepared.classes)


def test_a_photo_and_its_mirror_image_are_seen_alike(samples: list[Sample], teacher: Path) -> None:
    (seen,) = teachers.look([teacher], samples)
    mirrored = [replace(one, held=np.ascontiguousarray(np.fliplr(one.picture))) for one in samples]
    assert seen.shape == (8, 3)
    torch.testing.assert_close(seen.norm(dim=1), torch.ones(8))
    torch.testing.assert_close(teachers.look([teacher], mirrored)[0], seen, atol=1e-3, rtol=1e-3)


def test_a_pupil_begins_with_the_best_linear_guess() -> None:
    torch.manual_seed(0)
    embeddings = torch.randn(200, 10)
    wanted = torch.nn.functional.normalize(embeddings @ torch.randn(10, 6), dim=1)
    pupil = teachers.Pupil(torch.nn.Identity(), 10, [wanted])
    places = torch.arange(200)

    def apart() -> float:
        return float(teachers.distance([guess(embeddings) for guess in pupil.guesses], [wanted], places).detach())

    before = apart()
    pupil.begin(embeddings, [wanted])
    assert before > 0.7
    assert apart() < 0.1


def test_a_drawn_ground_has_no_say_in_the_distance() -> None:
    wanted = torch.eye(3)
    guesses = torch.stack([wanted[0], wanted[2], -wanted[1]])
    of_photos = teachers.distance([guesses[:2]], [wanted], torch.tensor([0, 1]))
    assert float(of_photos) == pytest.approx(0.5)
    assert float(teachers.distance([guesses], [wanted], torch.tensor([0, 1, 3]))) == pytest.approx(float(of_photos))
    assert float(teachers.distance([guesses[:1]], [wanted], torch.tensor([9]))) == 0.0
    assert float(teachers.distance([], [], torch.tensor([0]))) == 0.0


def test_what_the_teacher_sees_is_approached(
    dataset: Path, teacher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In all guises of the photos, epoch by epoch."""
    distance, apart = teachers.distance, []

    def noted(*given: Any) -> torch.Tensor:
        apart.append(float((found := distance(*given)).detach()))
        return found

    monkeypatch.setattr(teachers, "distance", noted)
    run_training(Sources(dataset, teachers=(teacher,)), tmp_path / "taught", replace(TINY, epochs=20, lr=4e-3))
    epochs = np.reshape(apart, (20, -1)).mean(1)
    assert epochs[-3:].mean() < 0.75 * epochs[:3].mean(), epochs
    assert load_checkpoint(tmp_path / "taught" / "best.pth").dataset["teachers"] == [
        Classifier.open(teacher).card.model_id
    ]


def renamed(teacher: Path, path: Path) -> Path:
    """As wide as the given one, but with a model id of its own."""
    model = onnx.load(str(teacher))
    card = ModelCard.from_json(model.metadata_props[0].value)
    onnx.helper.set_model_props(model, {METADATA_KEY: replace(card, model_id="other-11111111").to_json()})
    onnx.save(model, str(path))
    return path


def test_a_run_goes_on_with_its_teachers_only(dataset: Path, teacher: Path, tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    taught = Sources(dataset, teachers=(teacher,))
    done = run_training(taught, tmp_path / "run", TINY, Listener(epoch=stop))
    assert done.interrupted
    with pytest.raises(UsageError, match="--teacher"):
        resume_training(Sources(dataset), tmp_path / "run")
    other = renamed(teacher, tmp_path / "other.onnx")
    with pytest.raises(UsageError, match=r"began with \(colours-00000000\); found other-11111111; .*--teacher"):
        resume_training(replace(taught, teachers=(other,)), tmp_path / "run")
    assert len(resume_training(taught, tmp_path / "run").epochs) == 2


def test_a_file_that_can_teach_nothing_is_named(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "no.onnx").write_bytes(b"nothing")
    output = run(
        "train", dataset, "--out", tmp_path / "run", "--teacher", tmp_path / "no.onnx", "--weights", "none", code=1
    )
    assert "no.onnx" in output
    assert not (tmp_path / "run").exists()
