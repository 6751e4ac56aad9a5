"""Photos on their way into a set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.training.conftest import picture, write
from training import prepare as preparing
from training.errors import TrainingError
from training.merge import merge as merging
from training.merge.merge import merge
from training.pictures import read_picture
from training.prepare import prepare

Raw = Callable[..., Path]


def before(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, happens: Callable[[], object]) -> None:
    """Something happens to the files just before this function of the module is called."""
    called = getattr(module, name)

    def after(*arguments: Any) -> Any:
        happens()
        return called(*arguments)

    monkeypatch.setattr(module, name, after)


@pytest.mark.parametrize("size", [(20, 66000), (66000, 20)])
def test_a_picture_longer_than_a_jpeg_can_be_is_reduced(raw: Raw, tmp_path: Path, size: tuple[int, int]) -> None:
    root = raw(5)
    Image.new("RGBA", size, "red").save(root / "images/red/long.png")
    assert prepare(root, tmp_path / "out").left_out == {}
    (written,) = (tmp_path / "out").rglob("long.jpg")
    seen = read_picture(written)
    assert max(seen.shape) == 65500
    assert seen[10, 10].tolist() == pytest.approx([0, 0, 255], abs=3)


def test_a_photo_that_is_lost_between_reading_and_copying_is_left_out(
    raw: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = raw(5)
    red = root / "images/red"
    write(red / "copy.jpg", picture(0, (40, 40, 220)))
    before(monkeypatch, preparing, "write_set", lambda: ((red / "0.jpg").unlink(), (red / "1.jpg").write_bytes(b"")))
    done = prepare(root, tmp_path / "out")
    assert done.left_out == {
        "images/red/0.jpg": "cannot be opened: No such file or directory",
        "images/red/1.jpg": "an empty file",
    }
    assert sum(counts["red"] for counts in done.counts.values()) == 4
    assert len(list((tmp_path / "out").rglob("red/*.jpg"))) == 4
    assert "2 files left out" in (tmp_path / "out/report.html").read_text("utf-8")


def test_a_class_that_is_lost_between_reading_and_copying_is_an_error(
    raw: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = raw(3)
    before(monkeypatch, preparing, "write_set", lambda: [p.unlink() for p in (root / "images/red").iterdir()])
    with pytest.raises(TrainingError, match="only unreadable ones of red"):
        prepare(root, tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["raw"]


def test_a_merge_leaves_out_a_photo_that_is_lost_before_it_is_copied(
    raw: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(raw(5), tmp_path / "set")
    for number in range(4):
        write(tmp_path / f"judged/images/red/{number}.jpg", picture(7000 + number))
    before(monkeypatch, merging, "_plain_copies", (tmp_path / "judged/images/red/2.jpg").unlink)
    done = merge(tmp_path / "set", tmp_path / "judged")
    assert done.left_out == {"images/red/2.jpg": "cannot be opened: No such file or directory"}
    assert sum(counts.total() for counts in done.added.values()) == 3


def test_what_a_killed_prepare_left_is_cleared_by_the_next(raw: Raw, tmp_path: Path) -> None:
    write(tmp_path / ".gardenwatch-out.part/training_set/red/half.jpg", picture(1))
    prepare(raw(5), tmp_path / "out")
    assert not list(tmp_path.glob(".gardenwatch-*"))
    assert not list((tmp_path / "out").rglob("half.jpg"))
