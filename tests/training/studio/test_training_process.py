"""A training in a process of its own, for real: tiny photos, LeNet from nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from tests.programs import SLOW_S
from training.errors import UsageError
from training.prepare import prepare
from training.studio.course import read_course
from training.studio.plan import Plan
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


def test_a_training_that_was_killed_is_known_as_lost(process: TrainingProcess, dataset: Path) -> None:
    process.start(plan(dataset, "killed", epochs=2000))
    assert process._child is not None
    process._child.kill()
    process._child.wait()
    assert TrainingProcess(dataset.parent).present().state == "lost"
    process.start(plan(dataset, "after"))  # which is no hindrance
    until(process, lambda present: present.state == "done")
