"""A model goes to a device over a real ssh, and comes back; only the device's sudo is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.model.tiny import COLOURS, colour_model
from tests.programs import gardenwatch
from tests.rigs.sshd import Device as Reached
from training.errors import TrainingError, UsageError
from training.studio.device import PROGRAM, Device

MODEL = Path("models") / "run1.onnx"


@pytest.mark.parametrize("address", ["pi@raspberrypi.local", "192.168.1.20", "pi@garden:2222"])
def test_the_lines_to_copy_name_the_device_and_its_port(address: str) -> None:
    scp, install, rollback = Device(address).by_hand(MODEL).splitlines()
    host, _colon, port = address.partition(":")
    assert scp == f'scp{f" -P {port}" if port else ""} "{MODEL.resolve().as_posix()}" {host}:'
    assert install.startswith(
        f"ssh -t{f' -p {port}' if port else ''} {host} \"sudo {PROGRAM} model install 'run1.onnx'"
    )
    assert "model rollback" in rollback


@pytest.mark.parametrize("address", ["", "-oProxyCommand=touch x", "pi@", "pi@a b", "a;b", "pi@host:", "$(x)", "a\nb"])
def test_what_ssh_or_a_shell_would_take_otherwise_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="like pi@raspberrypi"):
        Device(address)


def test_a_computer_without_ssh_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TrainingError, match="OpenSSH Client"):
        list(Device("pi@garden").send(MODEL))


def watches_with(reached: Reached) -> str:
    """The line of the model that the next start takes."""
    listed = gardenwatch("model", "list", "--data", reached.data)
    assert listed.returncode == 0, listed.stderr
    return listed.stdout.splitlines()[2]


@pytest.mark.system
def test_a_model_is_sent_tried_and_taken_back(reached: Reached, tmp_path: Path) -> None:
    models = tmp_path / "my models"
    models.mkdir()
    device, bundled = Device(reached.address), watches_with(reached)
    said = list(device.send(colour_model(models / "第一次 训练.onnx")))
    assert any("installed: colours-1, 3 classes" in line for line in said), said
    assert "watches with 第一次 训练.onnx now" in said[-1]
    assert "colours-1" in watches_with(reached)
    assert reached.restarted() == ["systemctl restart gardenwatch gardenwatch-review"]
    assert "the model before" in list(device.take_back())[-1]
    assert watches_with(reached).split()[:2] == bundled.split()[:2]
    assert len(reached.restarted()) == 2


@pytest.mark.system
def test_what_the_device_refuses_changes_nothing_there(reached: Reached, tmp_path: Path) -> None:
    device, bundled = Device(reached.address), watches_with(reached)
    wrong = colour_model(tmp_path / "wrong.onnx", COLOURS, self_test=(0.1, 0.1, 0.8))
    with pytest.raises(TrainingError, match="a device that takes the model") as refused:
        list(device.send(wrong))
    assert "self-test" in refused.value.found
    assert (watches_with(reached), reached.restarted()) == (bundled, [])


@pytest.mark.system
def test_what_a_person_can_mend_is_told_in_their_words(reached: Reached, tmp_path: Path) -> None:
    model = colour_model(tmp_path / "m.onnx")
    with pytest.raises(TrainingError, match="a device that answers"):
        list(Device("127.0.0.1:1").send(model))
    with pytest.raises(TrainingError, match="a device of that name"):
        list(Device("pi@nowhere.invalid").send(model))
    list(Device(reached.address).send(model))
    reached.knows_nobody()
    with pytest.raises(TrainingError, match="knows this computer's key"):
        list(Device(reached.address).send(model))
    reached.becomes_another()
    with pytest.raises(TrainingError, match=r"ssh-keygen -R \[127\.0\.0\.1\]:\d+"):
        list(Device(reached.address).send(model))
    assert len(reached.restarted()) == 1
