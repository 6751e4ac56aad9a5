"""What the doctor says of a healthy and of a broken installation."""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import pytest

from edge import doctor
from edge.actions.settings import RuleSettings
from edge.finding import Finding
from edge.settings import BoardSettings, CameraSettings, Config, ModelSettings
from tests.films import ground
from tests.model.tiny import colour_model
from tests.programs import gardenwatch
from tests.rights import without_rights
from tests.rigs.streams.mjpeg_server import StreamServer


def config(tmp_path: Path, **changes: object) -> Config:
    model = colour_model(tmp_path / "m.onnx")
    healthy = Config(data=tmp_path / "data", camera=CameraSettings(source="demo"), model=ModelSettings(path=model))
    return healthy.model_copy(update=changes)


def states(settings: Config, **options: bool) -> dict[str, str]:
    return {finding.what: finding.state for finding in doctor.findings(settings, **options)}


def test_finds_nothing_broken_where_all_is_well(tmp_path: Path) -> None:
    found = states(config(tmp_path))
    for machine in ("clock", "power and heat"):
        found.pop(machine)  # depends on the machine
    assert found == dict.fromkeys(
        [
            "Python",
            "numpy",
            "opencv-python",
            "onnxruntime",
            "model",
            "camera",
            "times of watching",
            "masks",
            "board",
            "disk",
        ],
        "ok",
    )
    assert not (tmp_path / "data").exists(), "looking changes nothing"


def test_a_broken_model_is_named_with_what_to_do(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    (finding,) = [f for f in doctor.findings(config(tmp_path, model=ModelSettings(path=broken))) if f.state == "broken"]
    assert finding.what == "model"
    assert "found broken.onnx with 8 bytes" in finding.found
    assert "export it again" in str(finding)


@pytest.mark.parametrize(("needed", "state"), [(True, "broken"), (False, "warning")])
def test_a_missing_camera_is_a_fault_only_where_one_was_asked_for(tmp_path: Path, needed: bool, state: str) -> None:
    settings = config(tmp_path, camera=CameraSettings(source="http://127.0.0.1:9/video"))
    assert states(settings, camera_needed=needed)["camera"] == state


def masked(tmp_path: Path, text: str) -> Finding:
    file = tmp_path / "masks.yaml"
    file.write_text(text, encoding="utf-8")
    return next(f for f in doctor.findings(config(tmp_path, masks=file)) if f.what == "masks")


def test_masks_are_counted_with_what_they_leave(tmp_path: Path) -> None:
    left_half = "masks: [{kind: ignore, polygon: [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}]"
    finding = masked(tmp_path, left_half)
    assert finding.state == "ok"
    assert "49% of the picture is watched" in finding.found  # the edge itself is masked, too


def test_masks_that_leave_nothing_are_a_warning(tmp_path: Path) -> None:
    everything = "masks: [{kind: ignore, polygon: [[0, 0], [1, 0], [1, 1], [0, 1]]}]"
    assert masked(tmp_path, everything).state == "warning"


def test_a_faulty_mask_file_is_named_with_its_fault(tmp_path: Path) -> None:
    finding = masked(tmp_path, "masks: [{kind: ignor, polygon: [[0, 0], [1, 0], [1, 1]]}]")
    assert finding.state == "broken"
    assert "kind" in finding.found
    assert "masks.yaml" in finding.todo


def test_a_missing_film_is_a_fault(tmp_path: Path) -> None:
    settings = config(tmp_path, camera=CameraSettings(source=str(tmp_path / "none.mp4")))
    assert states(settings)["camera"] == "broken"


def test_a_missing_board_is_no_fault_of_the_whole(tmp_path: Path) -> None:
    pytest.importorskip("serial", reason="pyserial is not installed: pip install pyserial")
    settings = config(tmp_path, board=BoardSettings(kind="pinpong", port=str(tmp_path / "ttyACM9")))
    assert states(settings)["board"] == "warning"


def test_a_folder_that_cannot_be_written_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LIBRARIES", {})  # nobody may not be allowed to start this Python anew
    settings = config(tmp_path)
    settings.data.mkdir()
    with without_rights(settings.data, 0o500):
        assert states(settings)["disk"] == "broken"


def test_a_file_in_place_of_the_data_folder_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert states(config(tmp_path))["disk"] == "broken"


@pytest.mark.parametrize(
    ("module", "content", "what", "advice"),
    [
        (
            "cv2",
            "raise ImportError('libGL.so.1: cannot open shared object file')",
            "opencv-python",
            "apt install libgl1",
        ),
        # onnxruntime 1.21 on a Pi 4 died with an illegal instruction
        ("onnxruntime", "import os, signal; os.kill(os.getpid(), signal.SIGILL)", "onnxruntime", "does not suit"),
        ("numpy", "import os; os._exit(3)", "numpy", "does not suit"),
    ],
)
def test_the_doctor_itself_runs_where_a_library_is_broken(
    tmp_path: Path, module: str, content: str, what: str, advice: str
) -> None:
    (tmp_path / f"{module}.py").write_text(content)
    run = gardenwatch("doctor", "--data", tmp_path, PYTHONPATH=str(tmp_path))
    assert run.returncode == 1
    assert f"✗ {what}:" in run.stdout
    assert advice in run.stdout
    assert "Traceback" not in run.stderr


def test_a_camera_that_takes_its_time_is_waited_for(tmp_path: Path) -> None:
    """Most USB cameras and all RTSP cameras need more than a second to open."""
    cv2.imwrite(str(tmp_path / "0.jpg"), ground())
    cv2.imwrite(str(tmp_path / "black.jpg"), ground())
    with StreamServer(tmp_path) as server:
        server.mode("stall")
        later = threading.Timer(1.5, server.mode, ["ok"])
        later.start()
        assert states(config(tmp_path, camera=CameraSettings(source=server.address)))["camera"] == "ok"
        later.join()


@pytest.mark.parametrize(
    ("rule", "state", "found"),
    [
        ({"when": {"labels": ["bee"]}, "do": {"pins": [{"pin": "D8"}]}}, "ok", "buzz"),
        ({"when": {"labels": ["beee"]}, "do": {"led": "fast"}}, "broken", "beee in the rule buzz\n    → write bee"),
        ({"do": {"pins": [{"pin": "D40"}]}}, "broken", "D40 in the rule buzz"),
        ({"do": {"pins": [{"pin": "D1"}]}}, "broken", "D1 in the rule buzz"),
    ],
)
def test_rules_are_held_against_the_model_and_the_board(
    rule: dict[str, object], state: str, found: str, tmp_path: Path
) -> None:
    settings = config(tmp_path, rules=[RuleSettings.model_validate({"name": "buzz", **rule})])
    (finding,) = [finding for finding in doctor.findings(settings) if finding.what == "rules"]
    assert finding.state == state
    assert found in str(finding)


def test_a_32_bit_python_is_broken_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.doctor.sys.maxsize", 2**31 - 1)
    python = next(doctor.findings(config(tmp_path)))
    assert (python.what, python.state) == ("Python", "broken")
    assert "64-bit system" in python.todo
