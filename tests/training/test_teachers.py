"""What other networks see of the photos is learned, too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
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
from training.samples import Sample, TrainingSamples, load_samples  # noqa: E402
from training.train import Listener  # noqa: E402
from training.views import VIEWS  # noqa: E402

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


def test_the_whole_photo_is_between_itself_and_its_mirror_image(samples: list[Sample], teacher: Path) -> None:
    (seen,) = teachers.look([teacher], samples, TINY.preprocessing)
    assert seen.shape == (8, VIEWS + 1, 3)
    torch.testing.assert_close(seen.float().norm(dim=2), torch.ones(8, VIEWS + 1), atol=2e-3, rtol=0)
    between = torch.nn.functional.normalize(seen[:, :2].float().mean(1), dim=1)
    torch.testing.assert_close(seen[:, VIEWS].float(), between, atol=2e-3, rtol=0)


def test_the_pupil_is_shown_the_view_that_the_teacher_saw(
    samples: list[Sample], teacher: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The teacher at its own size, if that is larger."""
    monkeypatch.setattr("training.samples.SHARP", 1.0)
    rng = np.random.default_rng(0)  # blots, so that no two views look alike
    blots = [rng.integers(0, 256, (6, 8, 3), np.uint8) for _ in samples]
    samples = [replace(s, held=cv2.resize(b, (80, 60))) for s, b in zip(samples, blots, strict=True)]
    asked: list[Any] = []
    classify = Classifier.classify
    monkeypatch.setattr(Classifier, "classify", lambda self, images: asked.append(images) or classify(self, images))
    teachers.look([teacher], samples, TINY.preprocessing)
    looked = asked[1:]  # the first is the self-test
    larger = Classifier.open(teacher).card.preprocessing.size_px
    assert {view.shape for views in looked for view in views} == {(larger, larger, 3)}
    shown = TrainingSamples(samples, TINY.size_px, 0, (), taught=TINY.preprocessing)
    numbers = set()
    for shown.epoch in range(20):
        for place in range(len(samples)):
            picture, _target, number = shown[place]
            numbers.add(number)
            view = picture.numpy().transpose(1, 2, 0)[:, :, ::-1]
            apart = [
                np.abs(view.astype(int) - cv2.resize(one, view.shape[:2], interpolation=cv2.INTER_AREA)).mean()
                for one in looked[place]
            ]
            assert np.argmin(apart) == number, (place, number, apart)
            assert apart[number] < 6 < 2 * sorted(apart)[1], (place, number, apart)
    assert numbers == set(range(VIEWS))


def test_what_is_none_of_the_views_shall_show_the_whole_photo(
    samples: list[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.samples.SHARP", 0.0)
    monkeypatch.setattr("training.samples.WHOLE", 0.0)
    shown = TrainingSamples(samples, TINY.size_px, 0, (0,), taught=TINY.preprocessing)
    assert {shown[place][2] for place in range(len(shown))} == {VIEWS}


def test_a_pupil_begins_with_the_best_linear_guess() -> None:
    torch.manual_seed(0)
    embeddings = torch.randn(200, 10)
    wanted = torch.nn.functional.normalize(embeddings @ torch.randn(10, 6), dim=1)
    seen = torch.cat([torch.randn(200, VIEWS, 6), wanted[:, None]], dim=1)
    pupil = teachers.Pupil(torch.nn.Identity(), 10, [seen])
    places, whole = torch.arange(200), torch.full((200,), VIEWS)

    def apart() -> float:
        guesses = [guess(embeddings) for guess in pupil.guesses]
        return float(teachers.distance(guesses, [seen], places, whole).detach())

    before = apart()
    pupil.begin(embeddings, [seen])
    assert before > 0.7
    assert apart() < 0.1


def test_a_drawn_ground_has_no_say_in_the_distance() -> None:
    wanted = torch.eye(3)
    seen = torch.stack([-wanted] * VIEWS + [wanted], dim=1)
    guesses = torch.stack([wanted[0], wanted[2], -wanted[1]])

    def apart(guesses: torch.Tensor, places: list[int], views: list[int]) -> float:
        return float(teachers.distance([guesses], [seen], torch.tensor(places), torch.tensor(views)))

    of_photos = apart(guesses[:2], [0, 1], [VIEWS, VIEWS])
    assert of_photos == pytest.approx(0.5)
    assert apart(guesses, [0, 1, 3], [VIEWS, VIEWS, VIEWS]) == pytest.approx(of_photos)
    assert apart(guesses[:1], [9], [VIEWS]) == 0.0
    assert apart(guesses[:1], [0], [VIEWS - 1]) == pytest.approx(2)
    assert float(teachers.distance([], [], torch.tensor([0]), torch.tensor([VIEWS]))) == 0.0


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
