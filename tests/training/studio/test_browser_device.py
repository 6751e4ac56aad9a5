"""The buttons that give a model to a device and take it back, in a real browser, over a real ssh on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="pip install selenium")
pytest.importorskip("gradio", reason="the studio is not installed: pip install 'gardenwatch[training,studio]'")
pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from tests.rigs.sshd import Device
from tests.training.studio.conftest import Visitor
from tests.training.studio.test_device import watches_with
from tests.training.studio.visiting import USE, goes_to, trained_in, waits

pytestmark = [pytest.mark.system, pytest.mark.filterwarnings("ignore::ResourceWarning")]


def test_a_click_sends_the_model_and_another_takes_it_back(reached: Device, visitor: Visitor, tmp_path: Path) -> None:
    trained_in(tmp_path)
    bundled = watches_with(reached)
    person = visitor("en")
    goes_to(person, USE, "#export")
    person.clicks("#send > button")
    waits(person, "#device textarea, #device input")
    person.types("#device textarea, #device input", "127.0.0.1:1")
    person.clicks("#send-model")
    person.sees("expected a device that answers")
    assert (watches_with(reached), reached.restarted()) == (bundled, [])
    person.types("#device textarea, #device input", reached.address)
    person.clicks("#send-model")
    waits(person, "#send-said", "watches with run1.onnx now")
    assert "lenet5" in watches_with(reached)
    assert reached.restarted() == ["systemctl restart gardenwatch gardenwatch-review"]
    person.clicks("#roll-back")
    waits(person, "#send-said", "watches with the model before")
    assert watches_with(reached).split()[:2] == bundled.split()[:2]
    assert len(reached.restarted()) == 2
