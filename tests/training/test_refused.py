"""What prepare refuses, before anything is lost."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.training.conftest import picture, write
from training import journal, set_files
from training.commands import group
from training.errors import TrainingError, UsageError
from training.prepare import prepare

Raw = Callable[..., Path]


def everything(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def typed(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


@pytest.mark.parametrize("part", ["training_set", "test_set"])
def test_a_part_of_a_set_is_not_split_into_that_set(raw: Raw, tmp_path: Path, part: str) -> None:
    out = tmp_path / "set"
    prepare(raw(10), out)
    before = everything(out)
    with pytest.raises(UsageError, match="outside"):
        prepare(out / part, out, force=True)
    assert everything(out) == before


def test_lists_that_would_be_replaced_are_refused(raw: Raw, tmp_path: Path) -> None:
    root, out = raw(10), tmp_path / "set"
    prepare(root, out)
    (out / "test_set/mine.txt").write_text("images/red/1.jpg\n", encoding="utf-8")
    (out / "manifest.csv").write_text("path,class\nimages/red/1.jpg,red\nimages/blue/1.jpg,blue\n", encoding="utf-8")
    before = everything(out)
    for option, path in (("--test-list", "test_set/mine.txt"), ("--labels-csv", "manifest.csv")):
        said = typed("prepare", root, out, "--force", option, out / path)
        assert said.exit_code == 2
        assert f"expected lists outside of what is replaced; found {out / path}" in said.output
    assert everything(out) == before


def test_lists_beside_what_is_replaced_are_taken(raw: Raw, tmp_path: Path) -> None:
    root, out = raw(10), tmp_path / "set"
    prepare(root, out)
    (out / "mine.txt").write_text("images/red/1.jpg\n", encoding="utf-8")
    done = prepare(root, out, force=True, test_list=out / "mine.txt")
    assert done.counts["test"] == {"red": 1}
    assert (out / "mine.txt").exists()


@pytest.mark.parametrize("fails", [True, False])
def test_a_folder_beside_the_set_stays_as_it_is(
    raw: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    root = raw(4)
    write(tmp_path / "out.part/mine.jpg", picture(1))
    before = everything(tmp_path / "out.part")

    def full(path: Path, _html: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    if fails:
        monkeypatch.setattr(set_files, "write_page", full)
    assert typed("prepare", root, tmp_path / "out").exit_code == int(fails)
    assert everything(tmp_path / "out.part") == before
    assert sorted(p.name for p in tmp_path.iterdir()) == [*([] if fails else ["out"]), "out.part", "raw"]


def test_damaged_photos_in_the_list_of_test_photos_are_reported_and_passed_over(raw: Raw, tmp_path: Path) -> None:
    root = raw(5)
    (root / "images/red/0.jpg").write_bytes(b"")
    (tmp_path / "test.txt").write_text("images/red/0.jpg\nimages/red/1.jpg\n", encoding="utf-8")
    done = prepare(root, tmp_path / "out", test_list=tmp_path / "test.txt")
    assert done.left_out == {"images/red/0.jpg": "an empty file"}
    assert done.counts["test"] == {"red": 1}


def test_a_list_of_damaged_photos_only_is_refused(raw: Raw, tmp_path: Path) -> None:
    root = raw(5)
    (root / "images/red/0.jpg").write_bytes(b"")
    (tmp_path / "test.txt").write_text("images/red/0.jpg\n", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"expected test photos that can be read; found none in .*test\.txt"):
        prepare(root, tmp_path / "out", test_list=tmp_path / "test.txt")


def test_a_set_with_an_interrupted_change_is_refused(raw: Raw, tmp_path: Path) -> None:
    root = raw(5)
    journal.apply(root, journal.Change("fix", moves=(("images/red/0.jpg", "images/blue/moved.jpg"),)))
    (root / ".fixes/0001/done").unlink()
    with pytest.raises(
        TrainingError, match=r"found a change that was interrupted; type `gardenwatch-train fix .* --undo`"
    ):
        prepare(root, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
    said = typed("train", root, "--out", tmp_path / "run")
    assert (said.exit_code, (tmp_path / "run").exists()) == (1, False)
    assert "a change that was interrupted" in said.output


@pytest.mark.parametrize("name", ["afile/x", "afile/x/y", "n" * 300])
def test_an_output_that_can_be_no_folder_is_told_in_a_line(raw: Raw, tmp_path: Path, name: str) -> None:
    (tmp_path / "afile").write_text("mine", encoding="utf-8")
    said = typed("prepare", raw(3), tmp_path / name)
    assert isinstance(said.exception, SystemExit), said.exception
    assert str(tmp_path / name.removesuffix("/y").removesuffix("/x")) in said.output


@pytest.mark.parametrize("ratios", ["nan:1:1", "inf:1:1", "7:1:nan", "7:-inf:2"])
def test_ratios_that_are_no_numbers_are_refused(raw: Raw, tmp_path: Path, ratios: str) -> None:
    said = typed("prepare", raw(3), tmp_path / "out", "--ratios", ratios)
    assert said.exit_code == 2
    assert "expected three numbers such as 7:1:2" in said.output
