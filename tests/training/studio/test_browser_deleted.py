"""A folder that is deleted under the open page, in a real browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="pip install selenium")
pytest.importorskip("gradio", reason="the studio is not installed: pip install 'gardenwatch[training,studio]'")
pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from tests.training.studio.conftest import Visitor
from tests.training.studio.visiting import TRAINING, USE, chooses_lenet, goes_to, trained_in, waits

pytestmark = [pytest.mark.system, pytest.mark.filterwarnings("ignore::ResourceWarning")]


def test_a_folder_deleted_under_the_open_page_is_told_and_the_page_goes_on(visitor: Visitor, tmp_path: Path) -> None:
    workspace = trained_in(tmp_path)
    person = visitor("en")
    shutil.rmtree(workspace.run("run1"))
    goes_to(person, USE, "#export")
    person.clicks("#export")
    person.sees("train first, then choose it here")
    shutil.rmtree(workspace.root)
    person.opens()  # the message lies over the buttons
    waits(person, "#chosen", "No set is chosen yet")
    person.types("#folder textarea, #folder input", str(tmp_path / "drawn"))
    person.clicks("#open-folder")
    waits(person, "#chosen", "24 photos of 4 classes")
    chooses_lenet(person)
    goes_to(person, TRAINING, "#start")
    person.clicks("#start")
    waits(person, "#status", "run1 is done, after 2 epochs")
    goes_to(person, USE, "#export")
    person.clicks("#export")
    waits(person, "#exported", "run1.onnx")
    assert (workspace.models / "run1.onnx").is_file()
