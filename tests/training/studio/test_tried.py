"""What the studio says to a photo: the shares, and where the camera would say `unknown`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
pytest.importorskip("gradio", reason="the studio is not installed: pip install 'gardenwatch[training,studio]'")

from tests.model.tiny import colour_model
from tests.training.conftest import picture, write
from training.studio.model_files import tried, tried_frame
from training.studio.workspace import Workspace

GREY = (104, 116, 124)
"""As red as it is blue for that network, BGR."""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "studio")
    made.make()
    made.run("run1").mkdir()
    (made.run("run1") / "best.pth").touch()
    colour_model(made.models / "run1.onnx", familiar=0.4, strange_below=0.4)
    return made


def test_says_nothing_more_of_what_it_knows(workspace: Workspace, tmp_path: Path) -> None:
    write(tmp_path / "blue.png", picture(1, (250, 0, 0)))
    shares, doubt = tried(workspace, "run1", str(tmp_path / "blue.png"))
    assert max(shares, key=lambda name: shares[name]) == "bee"
    assert sum(shares.values()) == pytest.approx(1)
    assert doubt == ""
    assert tried(workspace, "run1", None) == ({}, "")


def test_says_why_the_camera_would_say_unknown(workspace: Workspace) -> None:
    blue, grey = (np.full((60, 60, 3), colour[::-1], np.uint8) for colour in ((250, 0, 0), GREY))
    assert "not sure enough" in tried_frame(workspace, "run1", grey)[1]
    colour_model(workspace.models / "run1.onnx", familiar=0.4, strange_below=0.5)
    shares, doubt = tried_frame(workspace, "run1", blue)
    assert shares["bee"] > 0.9
    assert "none of the animals that were learned" in doubt
