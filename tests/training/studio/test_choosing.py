"""Which training the tabs 5 and 6 propose."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gradio", reason="the studio is not installed: pip install 'gardenwatch[training,studio]'")

from training.errors import UsageError
from training.studio.model_files import chosen_run
from training.studio.page import known
from training.studio.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path)
    made.make()
    return made


def trains(workspace: Workspace, name: str, at_s: int) -> None:
    network = workspace.run(name) / "best.pth"
    network.parent.mkdir()
    network.touch()
    os.utime(network, (at_s, at_s))


def told(workspace: Workspace, chosen: str | None, before: str | None) -> tuple[dict[str, Any], str | None]:
    """What is changed of the field, and which is the newest."""
    field, newest = known(workspace, chosen, before)
    return {name: value for name, value in field._constructor_args[0].items() if name != "choices"}, newest


def test_the_newest_is_proposed_once_and_what_a_person_chose_stays(workspace: Workspace) -> None:
    assert told(workspace, None, None) == ({"value": None}, None)
    trains(workspace, "run1", 1)
    assert told(workspace, None, None) == ({"value": "run1"}, "run1")
    trains(workspace, "run2", 2)
    assert told(workspace, "run1", "run1") == ({"value": "run2"}, "run2")
    assert told(workspace, "run1", "run2") == ({}, "run2"), "somebody chose it since"


def test_one_that_was_deleted_is_proposed_no_more(workspace: Workspace) -> None:
    trains(workspace, "run2", 2)
    assert told(workspace, "run1", "run2") == ({"value": "run2"}, "run2")


def test_a_click_that_comes_before_the_proposal_takes_the_newest(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="train first"):
        chosen_run(workspace, None)
    trains(workspace, "run1", 1)
    trains(workspace, "run2", 2)
    assert chosen_run(workspace, None).name == "run2"
    with pytest.raises(UsageError, match="gone"):
        chosen_run(workspace, "gone")
