"""A real disk that fills up while a set is changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.test_real_disk import Disk, small  # noqa: F401
from tests.training.conftest import picture, write
from training.errors import TrainingError
from training.merge.merge import merge
from training.prepare import prepare

Raw = Callable[..., Path]
pytestmark = pytest.mark.system


def everything(root: Path) -> dict[str, bytes]:
    files = (p for p in sorted(root.rglob("*")) if p.is_file() and ".fixes" not in p.parts)
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files}


def test_a_merge_onto_a_full_disk_changes_nothing_and_works_with_room(raw: Raw, small: Disk, tmp_path: Path) -> None:  # noqa: F811
    prepare(raw(10), tmp_path / "set")
    root = small.path / "set"
    shutil.copytree(tmp_path / "set", root)
    before = everything(root)
    for number in range(6):
        write(tmp_path / "judged/images/red" / f"new{number}.jpg", picture(8000 + number))
    small.fill()
    with pytest.raises(TrainingError, match="No space left on device; make room"):
        merge(root, tmp_path / "judged")
    assert everything(root) == before
    small.make_room()
    done = merge(root, tmp_path / "judged")
    assert done.added["train"].total() + done.added["val"].total() == 6
