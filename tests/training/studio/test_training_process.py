"""A training in a process of its own, for real: tiny photos, LeNet from nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
pytest.importorskip("gradio", reason="the studio is not installed: pip install 'gardenwatch[training,studio]'")

from tests.conftest import PROJECT
from tests.programs import SLOW_S
from tests.store.test_real_disk import Disk, small  # noqa: F401
from training.checkpoint import load_checkpoint
from training.errors import UsageError
from training.prepare import prepare
from training.studio.course import read_course
from training.studio.plan import Plan
from training.studio.train_tab import shown
from training.studio.training_process import Present, TrainingProcess

Raw = Callable[..., Path]


@pytest.fixture
def dataset(raw: Raw, tmp_path: Path) -> Path:
    prepare(raw(8), tmp_path / "set")
    return tmp_path / "set"


@pytest.fixture
def process(tmp_path: Path) -> Iterator[TrainingProcess]:
    made = TrainingProcess(tmp_path)
    yield made
    if made.present().state == "running":
        made.stop()
        until(made, lambda present: present.state != "running")
    if made._child is not None:
        made._child.wait(SLOW_S)  # it says that it is done just before it ends


def plan(dataset: Path, run: str, epochs: int = 1) -> Plan:
    run_folder = dataset.parent / run
    return Plan(dataset, run_folder, backbone="lenet5", weights="none", epochs=epochs, batch_size=8, patience=0)


def until(process: TrainingProcess, is_so: Callable[[Present], bool]) -> Present:
    deadline = time.monotonic() + SLOW_S
    while time.monotonic() < deadline:
        present = process.present()
        if is_so(present):
            return present
        time.sleep(0.1)
    raise AssertionError(f"never: {present}")


def test_a_training_ends_with_a_network(process: TrainingProcess, dataset: Path) -> None:
    assert process.present().state == "none"
    process.start(plan(dataset, "one"))
    present = until(process, lambda present: present.state != "running")
    assert present.state == "done", present.log
    assert present.run is not None
    assert (present.run / "best.pth").is_file()
    assert len(read_course(present.run)) == 1


def test_another_studio_finds_it_refuses_a_second_and_stops_it(process: TrainingProcess, dataset: Path) -> None:
    process.start(plan(dataset, "long", epochs=2000))
    later = TrainingProcess(dataset.parent)
    until(later, lambda present: bool(read_course(dataset.parent / "long")))
    assert later.present().state == "running"
    with pytest.raises(UsageError, match="long under way; wait for its end"):
        later.start(plan(dataset, "second"))
    later.stop()
    present = until(later, lambda present: present.state != "running")
    assert present.state == "stopped", present.log
    assert (dataset.parent / "long" / "best.pth").is_file()
    with pytest.raises(UsageError):
        later.stop()


def test_a_name_that_is_taken_is_refused_before_anything_starts(process: TrainingProcess, dataset: Path) -> None:
    (dataset.parent / "taken").mkdir()
    with pytest.raises(UsageError, match="choose another name"):
        process.start(plan(dataset, "taken"))
    assert process.present().state == "none"


def test_what_went_wrong_is_told(process: TrainingProcess, dataset: Path, tmp_path: Path) -> None:
    process.start(Plan(tmp_path / "absent", tmp_path / "run", weights="none"))
    present = until(process, lambda present: present.state != "running")
    assert present.state == "failed"
    assert "error: expected a prepared set" in present.log


def test_one_that_is_stopped_before_it_has_a_network_has_not_failed(process: TrainingProcess, dataset: Path) -> None:
    process.start(plan(dataset, "early", epochs=2000))
    process.stop()  # while torch is loaded
    present = until(process, lambda present: present.state != "running")
    assert present.state == "stopped", present.log
    assert not (dataset.parent / "early" / "best.pth").exists()
    assert "early was stopped before there was a network." in shown(present)


BEGINS = """
import sys, time
from pathlib import Path
from training.studio.plan import Plan
from training.studio.train_tab import shown
from training.studio.training_process import TrainingProcess
dataset = Path(sys.argv[1])
TrainingProcess(dataset.parent).start(
    Plan(dataset, dataset.parent / "long", backbone="lenet5", weights="none", epochs=2000, batch_size=8, patience=0)
)
print("begun", flush=True)
time.sleep(600)
"""


def test_it_goes_on_when_the_studio_is_killed(process: TrainingProcess, dataset: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", BEGINS, str(dataset)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, encoding="utf-8") as studio:
        assert studio.stdout is not None
        assert studio.stdout.readline() == "begun\n"
        studio.kill()
    before = len(read_course(dataset.parent / "long"))
    present = until(process, lambda _present: len(read_course(dataset.parent / "long")) > before)
    assert present.state == "running"


@pytest.mark.system
def test_a_full_disk_is_named_and_the_network_before_stays_whole(dataset: Path, small: Disk) -> None:  # noqa: F811
    full = TrainingProcess(small.path)
    run = small.path / "run"
    full.start(replace(plan(dataset, "run", epochs=2000), run=run))
    until(full, lambda _present: bool(read_course(run)))
    small.fill()
    present = until(full, lambda present: present.state != "running")
    assert "no room left on the disk" in shown(present)
    assert load_checkpoint(run / "best.pth").metrics["epoch"] >= 1
    assert full._child is not None
    full._child.wait(SLOW_S)


def test_a_training_that_was_killed_is_known_as_lost(process: TrainingProcess, dataset: Path) -> None:
    process.start(plan(dataset, "killed", epochs=2000))
    assert process._child is not None
    process._child.kill()
    process._child.wait()
    assert TrainingProcess(dataset.parent).present().state == "lost"
    process.start(plan(dataset, "after"))  # which is no hindrance
    until(process, lambda present: present.state == "done")


@pytest.mark.parametrize(("epochs", "said"), [(1, "one is done, after 1 epoch."), (2, "one is done, after 2 epochs.")])
def test_one_epoch_is_told_as_one(tmp_path: Path, epochs: int, said: str) -> None:
    lines = [f"{number},1.2,0.3,1.1,0.5,0.001,10.0\n" for number in range(1, epochs + 1)]
    head = "epoch,train_loss,train_accuracy,val_loss,val_accuracy,learning_rate,seconds\n"
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "metrics.csv").write_text(head + "".join(lines), encoding="utf-8")
    assert said in shown(Present("done", tmp_path / "one", epochs))
