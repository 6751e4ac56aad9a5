"""Folders that somebody deletes while the studio is open: it says so, or makes them again, and goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
pytest.importorskip("gradio", reason="the studio is not installed: pip install 'gardenwatch[training,studio]'")

from tests.model.tiny import colour_model
from tests.programs import SLOW_S
from tests.training.studio.test_training_process import until
from training.errors import TrainingError, UsageError
from training.recipe import Recipe
from training.run import Sources, run_training
from training.studio.clip import seen_on
from training.studio.model_files import exported, model_of
from training.studio.photo_set import open_folder, up_to_date
from training.studio.plan import Plan
from training.studio.training_process import TrainingProcess
from training.studio.workspace import Workspace

Raw = Callable[..., Path]


@pytest.fixture
def workspace(raw: Raw, tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "studio")
    made.make()
    open_folder(raw(8), made)
    return made


def plan(workspace: Workspace, name: str, epochs: int) -> Plan:
    dataset, run = workspace.dataset(), workspace.run(name)
    return Plan(dataset, run, backbone="lenet5", weights="none", epochs=epochs, batch_size=8, patience=0)


def test_a_set_that_was_deleted_is_no_longer_chosen(workspace: Workspace) -> None:
    shutil.rmtree(workspace.dataset())
    with pytest.raises(UsageError, match="open a folder in the tab of the photos first"):
        up_to_date(workspace)


def test_photos_that_were_moved_and_then_deleted_are_told(workspace: Workspace) -> None:
    photos, _changed = workspace.photos()
    workspace.choose(workspace.dataset(), photos, changed=True)
    shutil.rmtree(photos)
    with pytest.raises(TrainingError, match="a folder of photos"):
        up_to_date(workspace)
    assert workspace.dataset().is_dir(), "the split copy is still there"


def test_a_deleted_training_and_a_deleted_model_file(workspace: Workspace) -> None:
    recipe = Recipe(backbone="lenet5", weights="none", epochs=1, batch_size=8)
    run_training(Sources(workspace.dataset()), workspace.run("run1"), recipe)
    exported(workspace, "run1")
    shutil.rmtree(workspace.models)
    assert model_of(workspace, "run1").is_file()
    shutil.rmtree(workspace.run("run1"))
    with pytest.raises(UsageError, match="train first"):
        model_of(workspace, "run1")


def test_the_whole_studio_may_be_deleted_and_is_made_anew(workspace: Workspace, tmp_path: Path) -> None:
    shutil.rmtree(workspace.root)
    open_folder(tmp_path / "raw", workspace)
    process = TrainingProcess(workspace.root)
    process.start(plan(workspace, "run1", epochs=1))
    present = until(process, lambda present: present.state != "running")
    assert present.state == "done", present.log
    assert workspace.trained() == ["run1"]


def test_a_training_whose_studio_was_deleted_ends_and_hinders_no_other(workspace: Workspace, tmp_path: Path) -> None:
    process = TrainingProcess(workspace.root)
    process.start(plan(workspace, "run1", epochs=20_000))
    until(process, lambda _present: bool(workspace.trained()))
    shutil.rmtree(workspace.root, ignore_errors=True)
    assert process._child is not None
    process._child.wait(SLOW_S)
    shutil.rmtree(workspace.root, ignore_errors=True)  # what it wrote meanwhile
    assert process.present().state == "none"
    open_folder(tmp_path / "raw", workspace)
    process.start(plan(workspace, "run1", epochs=1))
    assert until(process, lambda present: present.state != "running").state == "done"


def test_a_training_ends_where_deleting_left_the_folder_that_it_writes_to(workspace: Workspace) -> None:
    process = TrainingProcess(workspace.root)
    process.start(plan(workspace, "run1", epochs=20_000))
    until(process, lambda _present: bool(workspace.trained()))
    for path in workspace.root.iterdir():  # a file that is written meanwhile keeps its folder from being removed
        if path != workspace.runs:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert process._child is not None
    process._child.wait(SLOW_S)
    assert workspace.trained() == ["run1"], "the best network so far is kept, as with Ctrl-C"


def test_a_split_set_from_elsewhere_can_be_opened_after_the_studio_was_deleted(
    workspace: Workspace, tmp_path: Path
) -> None:
    elsewhere = shutil.copytree(workspace.dataset(), tmp_path / "split")
    shutil.rmtree(workspace.root)
    assert open_folder(elsewhere, workspace).dataset == workspace.dataset() == elsewhere.resolve()


def test_a_film_is_written_after_its_folder_was_deleted(workspace: Workspace, tmp_path: Path) -> None:
    shutil.rmtree(workspace.films)
    model = colour_model(tmp_path / "m.onnx")
    _said, film = list(seen_on(workspace, model, "demo", 1))[-1]
    assert film is not None
    assert film.parent == workspace.films
    assert film.stat().st_size > 0
