"""XEduHub, the course's own tool, runs what we export: unchanged, in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import PROJECT
from tests.training.conftest import COLOURS, coloured_set, picture, write

DEFAULT_MODEL = PROJECT / "edge" / "assets" / "default.onnx"
# It imports six without declaring it, and, six times in a thousand, holidays, to wish a happy one; and was built for
# numpy 1, which newer opencv-python does not take.
PACKAGES = ("xedu-python==2.0.0", "numpy<2", "six", "holidays", "opencv-python<4.12")
ASK = """
import json, sys
from XEdu.hub import Workflow as wf
model = wf(task="mmedu", checkpoint=sys.argv[1])
answers = []
for path in sys.argv[2:]:
    result = model.inference(data=path)
    answers.append([int(result["标签"]), float(result["置信度"]), result["预测结果"]])
print("ANSWERS" + json.dumps(answers))
"""


@pytest.fixture(scope="module")
def xedu(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with xedu-python; skips where packages cannot be fetched."""
    folder = tmp_path_factory.mktemp("xedu")
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        # Its pin onnxruntime<1.16 has no wheel for Python 3.12 and newer.
        pytest.skip(f"xedu-python cannot be installed here: {done.stderr[-300:]}")
    return python


def answers(python: Path, model: Path, photos: list[Path]) -> list[tuple[int, float, str]]:
    command = [str(python), "-c", ASK, str(model), *map(str, photos)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    lines = [line for line in done.stdout.splitlines() if line.startswith("ANSWERS")]
    assert lines, done.stdout + done.stderr
    return [tuple(answer) for answer in json.loads(lines[0].removeprefix("ANSWERS"))]


@pytest.mark.system
def test_xeduhub_names_real_photos_with_the_bundled_model(xedu: Path, shared: Path) -> None:
    listed = (PROJECT / "training" / "recipes" / "default_test_files.txt").read_text(encoding="utf-8").splitlines()
    names = [line for line in listed if not line.startswith("#")]
    photos = [shared / "data" / "photos" / name for name in names[::40]]
    named = answers(xedu, DEFAULT_MODEL, photos)
    right = [photo.parent.name == name for photo, (_index, _confidence, name) in zip(photos, named, strict=True)]
    assert sum(right) >= 0.8 * len(right)  # XEduHub squashes the photo instead of keeping its aspect


@pytest.mark.system
@pytest.mark.parametrize(
    "backbone", ["mobilenet_v2", "mobilenet_v3_small", "efficientnet_lite0", "efficientnet_lite2", "resnet18"]
)
def test_xeduhub_gives_chinese_class_names_as_they_are(xedu: Path, tmp_path: Path, backbone: str) -> None:
    pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
    import torch

    from edge.model.contract import Preprocessing
    from training.checkpoint import Checkpoint
    from training.export import export
    from training.labels import labels_for
    from training.network import Network
    from training.probe import fit_head

    colours = {"蚜虫": COLOURS["red"], "瓢虫": COLOURS["green"], "背景": COLOURS["blue"]}
    photos = [write(tmp_path / f"{i}.png", picture(i, colour)) for i, colour in enumerate(colours.values())]
    torch.manual_seed(0)
    network = Network(backbone, 3).eval()
    x = torch.from_numpy(np.stack([Preprocessing()(picture(i, c)) for i, c in enumerate(colours.values())]))
    with torch.no_grad():
        seen = network(x)[1]
    fit_head(network.head, seen, torch.arange(3))
    checkpoint = Checkpoint(backbone, tuple(colours), network.state_dict(), 224, 1.0, 0.5)
    export(checkpoint, labels_for(checkpoint.classes), tmp_path / "model.onnx")
    assert [name for _index, _confidence, name in answers(xedu, tmp_path / "model.onnx", photos)] == list(colours)


@pytest.mark.system
def test_xeduhub_runs_two_networks_in_one_file(xedu: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="onnx is not installed: pip install 'gardenwatch[training]'")
    from tests.training.models import colour_model
    from tests.training.test_evaluate import run

    classes = ("blue", "green", "red")
    models = [colour_model(tmp_path / f"{sharpness}.onnx", classes, sharpness) for sharpness in (0.5, 4.0)]
    dataset = coloured_set(tmp_path / "set", ("training_set", "val_set"))
    run("ensemble", *models, "--dataset", dataset, "--out", tmp_path / "both.onnx")
    photos = [write(tmp_path / f"{name}.png", picture(i, COLOURS[name])) for i, name in enumerate(classes)]
    assert [name for _index, _confidence, name in answers(xedu, tmp_path / "both.onnx", photos)] == list(classes)
