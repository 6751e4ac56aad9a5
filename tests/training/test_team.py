"""Two processes learn what one does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from tests.conftest import PROJECT  # noqa: E402
from tests.training.conftest import COLOURS  # noqa: E402
from tests.training.test_train import make  # noqa: E402
from training.checkpoint import load_checkpoint  # noqa: E402
from training.network import Network  # noqa: E402
from training.recipe import Recipe  # noqa: E402
from training.run import Sources, run_training  # noqa: E402

WITHOUT_DROPOUT = """
import torch
torch.nn.Dropout = lambda p: torch.nn.Identity()
from training.cli import main
main()
"""
"""What is dropped is left to chance, and so differs between one process and two."""


@pytest.mark.skipif(not torch.distributed.is_available(), reason="this torch has no distributed package")
def test_two_processes_learn_the_same_network_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LeNet has no batch norm, whose statistics are each process's own: so the weights agree but for rounding."""
    dataset = make(tmp_path / "set", COLOURS)
    script = tmp_path / "train.py"
    script.write_text(WITHOUT_DROPOUT, encoding="utf-8")
    monkeypatch.setattr(torch.nn, "Dropout", lambda _p: torch.nn.Identity())
    choices = ["--backbone", "lenet5", "--weights", "none", "--epochs", "2", "--batch-size", "4"]
    choices += ["--optimizer", "sgd", "--lr", "0.02"]
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = [*launch, str(script), "train", str(dataset), "--out", str(tmp_path / "two"), *choices]
    places = ["--workers", "0", "--device", "cpu"]
    done = subprocess.run(
        [*command, *places],
        cwd=PROJECT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("epoch 2/2: validation accuracy") == 1
    assert done.stdout.count("best validation accuracy") == 1
    recipe = Recipe("lenet5", "none", 2, "sgd", lr=0.02, batch_size=4)
    one = run_training(Sources(dataset), tmp_path / "one", recipe)
    ours, theirs = load_checkpoint(one.best), load_checkpoint(tmp_path / "two" / "best.pth")
    assert ours.metrics == theirs.metrics
    torch.manual_seed(0)
    start = Network("lenet5", 3).state_dict()
    learned = sum(float((ours.state[key] - value).square().sum()) for key, value in start.items()) ** 0.5
    apart = sum(float((ours.state[key] - theirs.state[key]).square().sum()) for key in start) ** 0.5
    assert apart < 0.05 * learned
