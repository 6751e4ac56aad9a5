"""A folder of photos is opened, checked, split, and left as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from training.errors import TrainingError, UsageError
from training.studio.photo_set import open_folder
from training.studio.workspace import Workspace

Raw = Callable[..., Path]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "studio")
    made.make()
    return made


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_raw_photos_are_split_into_a_copy_and_never_changed(raw: Raw, workspace: Workspace) -> None:
    folder = raw()
    before = contents(folder)
    opened = open_folder(folder, workspace)
    assert contents(folder) == before
    assert opened.dataset == workspace.dataset() == (workspace.sets / "raw").resolve()
    assert (opened.photos, opened.classes, opened.errors) == (30, ("blue", "green", "red"), 0)
    assert "data:image/jpeg" in opened.html


def test_a_folder_can_be_opened_again_after_photos_came_in(raw: Raw, workspace: Workspace) -> None:
    open_folder(raw(6), workspace)
    assert open_folder(raw(9), workspace).photos == 27


def test_a_split_set_is_taken_where_it_lies(raw: Raw, workspace: Workspace) -> None:
    prepared = open_folder(raw(), workspace).dataset
    assert open_folder(prepared, workspace).dataset == prepared


def test_what_is_wrong_with_a_photo_stands_on_the_page(raw: Raw, workspace: Workspace) -> None:
    folder = raw()
    (folder / "images" / "red" / "broken<b>.jpg").write_bytes(b"no picture")
    opened = open_folder(folder, workspace)
    assert opened.errors == 1
    assert "broken&lt;b&gt;.jpg" in opened.html
    assert opened.photos == 30, "the broken one is left out"


@pytest.mark.parametrize("typed", ["", " ", "nowhere"])
def test_a_path_that_leads_nowhere_is_refused(workspace: Workspace, typed: str) -> None:
    with pytest.raises(UsageError):
        open_folder(Path(typed), workspace)
    with pytest.raises(UsageError, match="none chosen"):
        workspace.dataset()


def test_a_set_of_one_class_is_refused(raw: Raw, workspace: Workspace) -> None:
    with pytest.raises(TrainingError):
        open_folder(raw(4, {"red": (0, 0, 200)}), workspace)


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b", "C:", ".hidden", "x" * 70, "run."])
def test_names_that_lead_out_of_the_folder_are_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(UsageError, match="plain name"):
        workspace.run(name)


def test_names_may_be_chinese_and_a_new_one_is_proposed(workspace: Workspace) -> None:
    assert workspace.run("第一次 训练").name == "第一次 训练"
    (workspace.runs / "run1").mkdir()
    assert workspace.new_name() == "run2"
    assert workspace.new_name(besides="run2") == "run3", "it makes its folder later"
