"""The buttons that give a model to a device and take it back, in a real browser, over a real ssh on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="pip install selenium")
pytest.importorskip("gradio", reason="the studio is not installed: pip install 'gardenwatch[training,studio]'")
pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from tests.review.web.driving import Person
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
    person.clicks("#export")
    waits(person, "#exported", "run1.onnx")  # the tab is whole then, and the training chosen
    person.clicks("#send > button")
    waits(person, "#device")
    goes_to_device(person, reached.address)
    person.clicks("#send-model")
    waits(person, "#send-said", "watches with run1.onnx now")
    assert "lenet5" in watches_with(reached)
    assert reached.restarted() == ["systemctl restart gardenwatch gardenwatch-review"]
    person.clicks("#roll-back")
    waits(person, "#send-said", "watches with the model before")
    assert watches_with(reached).split()[:2] == bundled.split()[:2]
    goes_to_device(person, "127.0.0.1:1")
    person.clicks("#send-model")
    person.sees("expected a device that answers")
    assert len(reached.restarted()) == 2


def goes_to_device(person: Person, address: str) -> None:
    """Types it, and waits until the studio knows it: the lines to copy name its port then."""
    person.types("#device textarea, #device input", address)
    waits(person, "#send-lines", f"-P {address.rpartition(':')[2]} ")
