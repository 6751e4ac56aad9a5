"""What `train` refuses before a former run is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from tests.training.conftest import COLOURS
from tests.training.test_train import make, run


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--seed", -1), "--seed"),
        (("--seed", 2**70), "--seed"),
        (("--lr", "nan"), "expected a number"),
        (("--lr", "inf"), "expected a number"),
        (("--device", "toaster"), "a device that torch can use; found toaster"),
        (("--device", "mps:77"), "a device that torch can use; found mps:77"),
    ],
)
def test_such_arguments_leave_the_former_run(tmp_path: Path, words: tuple[str, object], told: str) -> None:
    dataset, former = make(tmp_path / "set", COLOURS), tmp_path / "run" / "best.pth"
    former.parent.mkdir()
    former.write_bytes(b"former")
    said = run("train", dataset, "--out", former.parent, "--force", "--weights", "none", *words, code=2)
    assert told in said
    assert former.read_bytes() == b"former"


def test_a_set_of_one_class_is_refused(tmp_path: Path) -> None:
    dataset = make(tmp_path / "set", {"red": COLOURS["red"]})
    said = run("train", dataset, "--out", tmp_path / "run", "--weights", "none", code=1)
    assert f"expected at least two classes as folders in {dataset}; found red" in said
    assert not (tmp_path / "run").exists()
