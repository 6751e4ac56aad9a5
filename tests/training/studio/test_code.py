"""The code that the studio shows does what the studio does."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

import torch

from tests.conftest import PROJECT
from tests.training.studio.test_plan import parsed
from training.backbones import BACKBONES
from training.checkpoint import load_checkpoint
from training.network import start_weights_of
from training.prepare import prepare
from training.studio.code import FROM_NOTHING, MMEDU_NAMES, MMEDU_OPTIMIZERS, as_commands, as_python, as_xedu
from training.studio.plan import Plan
from training.train_commands import OPTIMIZERS

Raw = Callable[..., Path]
PLAN = Plan(Path("set"), Path("run"))


def test_the_names_are_those_of_the_networks() -> None:
    assert {name: BACKBONES[name].xedu for name in MMEDU_NAMES} == MMEDU_NAMES
    assert tuple(name for name in BACKBONES if start_weights_of(name, None) == "none") == FROM_NOTHING
    assert set(MMEDU_OPTIMIZERS) == set(OPTIMIZERS)


@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_all_python_is_python(backbone: str, optimizer: str) -> None:
    plan = replace(PLAN, backbone=backbone, optimizer=optimizer, run=Path("it's"))
    ast.parse(as_python(plan, Path("model.onnx")))
    ast.parse(as_xedu(plan, Path("model.onnx"), 3))


def test_the_commands_are_the_plan_and_paths_with_spaces_survive() -> None:
    plan = replace(PLAN, dataset=Path("my photos"), backbone="lenet5", seed=4)
    first = as_commands(plan, Path("model.onnx")).splitlines()[0]
    assert first.startswith("gardenwatch-train train ")
    assert "my photos" in first
    assert parsed(plan)["seed"] == 4


def test_mmedu_is_told_the_lessons_names() -> None:
    code = as_xedu(replace(PLAN, backbone="resnet18", optimizer="sgd", lr=0.001, epochs=5), Path("m.onnx"), 7)
    for line in ("cls(backbone='ResNet18')", "num_classes = 7", "optimizer='SGD'", "lr=0.001", "epochs=5"):
        assert line in code


def test_xeduhub_runs_even_a_network_that_mmedu_does_not_train() -> None:
    code = as_xedu(replace(PLAN, backbone="mobilenet_v3_small"), Path("m.onnx"), 7)
    assert "cls(backbone='MobileNet')  # MMEdu has no mobilenet_v3_small" in code
    assert "hub = wf(task='mmedu', checkpoint='m.onnx')" in code


def test_that_mmedu_sees_the_middle_is_said_where_all_was_chosen() -> None:
    remark = "# MMEdu sees the middle of a photo"
    assert remark in as_xedu(replace(PLAN, resize="longer_side"), Path("m.onnx"), 7)
    assert remark not in as_xedu(PLAN, Path("m.onnx"), 7)


def test_python_and_command_give_the_same_network(raw: Raw, tmp_path: Path) -> None:
    prepare(raw(8), tmp_path / "set")
    plan = Plan(tmp_path / "set", tmp_path / "typed", "lenet5", "none", epochs=2, batch_size=8, seed=3)
    plan = replace(plan, resize="longer_side")
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-m", "training", *plan.words()], check=True, env=environment, capture_output=True)
    script = tmp_path / "script.py"
    script.write_text(as_python(replace(plan, run=tmp_path / "run"), tmp_path / "model.onnx"), encoding="utf-8")
    subprocess.run([sys.executable, str(script)], check=True, env=environment, capture_output=True)
    typed, run = (load_checkpoint(tmp_path / name / "best.pth") for name in ("typed", "run"))
    assert (typed.resize, run.resize) == ("longer_side", "longer_side")
    assert all(torch.equal(typed.state[key], run.state[key]) for key in typed.state)
    assert (tmp_path / "model.onnx").is_file()
