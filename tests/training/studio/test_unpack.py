"""ZIP files of photos, friendly and hostile."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from training.errors import TrainingError
from training.studio import unpack as unpacking
from training.studio.photo_set import open_folder
from training.studio.unpack import unpack
from training.studio.workspace import Workspace

Raw = Callable[..., Path]


def packed(path: Path, *files: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files:
            archive.writestr(name, data)
    return path


def everything(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*")}


def test_a_packed_folder_is_opened_like_the_folder(raw: Raw, tmp_path: Path) -> None:
    folder = raw(6)
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder.parent))
    workspace = Workspace(tmp_path / "studio")
    workspace.make()
    opened = open_folder(unpack(tmp_path / "in.zip", workspace.uploads / "in"), workspace)
    assert (opened.photos, opened.errors) == (18, 0)


def test_chinese_names_from_windows_are_read(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("蚜虫/1.jpg".encode("gb18030").decode("cp437"))
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr(info, b"x")
    data = (tmp_path / "in.zip").read_bytes()  # zipfile marks such names as UTF-8; Windows does not
    name, raw_name = info.filename.encode("utf-8"), "蚜虫/1.jpg".encode("gb18030")
    assert data.count(name) == 2
    with pytest.raises(TrainingError):
        unpack(packed(tmp_path / "none.zip", ("readme.md", b"")), tmp_path / "out")
    read = zipfile.ZipInfo(info.filename)
    assert unpacking._name(read).as_posix() == raw_name.decode("gb18030")


@pytest.mark.parametrize("name", ["../evil.jpg", "a/../../evil.jpg", "/evil.jpg", "C:/evil.jpg", "..\\evil.jpg"])
def test_a_file_that_leads_out_is_refused_and_nothing_is_left_behind(tmp_path: Path, name: str) -> None:
    archive = packed(tmp_path / "in.zip", ("bee/1.jpg", b"x"), (name, b"evil"))
    before = everything(tmp_path)
    with pytest.raises(TrainingError, match="do not open this file"):
        unpack(archive, tmp_path / "out")
    assert everything(tmp_path) == before


def test_a_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("bee/1.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(TrainingError):
        unpack(packed(tmp_path / "in.zip", (link, b"/etc/passwd")), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_no_zip_file_is_refused_and_the_former_set_stays(tmp_path: Path) -> None:
    unpack(packed(tmp_path / "in.zip", ("bee/1.jpg", b"x"), ("ant/1.jpg", b"x")), tmp_path / "out")
    (tmp_path / "in.zip").write_bytes(b"PK\x03\x04 nonsense")
    before = everything(tmp_path)
    with pytest.raises(TrainingError, match="a whole ZIP file"):
        unpack(tmp_path / "in.zip", tmp_path / "out")
    assert everything(tmp_path) == before


def test_a_file_that_is_damaged_within_is_refused_and_nothing_is_left_behind(tmp_path: Path) -> None:
    archive = packed(tmp_path / "in.zip", ("bee/1.jpg", b"honeybee"))
    archive.write_bytes(archive.read_bytes().replace(b"honeybee", b"honeyBEE"))
    before = everything(tmp_path)
    with pytest.raises(TrainingError, match="CRC"):
        unpack(archive, tmp_path / "out")
    assert everything(tmp_path) == before


def test_too_much_is_refused_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = packed(tmp_path / "in.zip", *((f"bee/{i}.jpg", b"x" * 100) for i in range(20)))
    for name, most in (("MOST_FILES", 19), ("MOST_BYTES", 1999)):
        with monkeypatch.context() as changed:
            changed.setattr(unpacking, name, most)
            with pytest.raises(TrainingError, match="20 files"):
                unpack(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_huge_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = packed(tmp_path / "in.zip", ("bee/1.jpg", bytes(2000)))
    monkeypatch.setattr(unpacking, "MOST_PACKED_BYTES", 1000)
    before = everything(tmp_path)
    with pytest.raises(TrainingError, match="give the folder"):
        unpack(archive, tmp_path / "out")
    assert everything(tmp_path) == before


def test_programs_and_hidden_files_stay_in_the_zip_file(tmp_path: Path) -> None:
    files = [("s/bee/1.jpg", b""), ("s/bee/x.exe", b""), ("__MACOSX/s/bee/._1.jpg", b""), ("s/.git/1.jpg", b"")]
    folder = unpack(packed(tmp_path / "in.zip", *files), tmp_path / "out")
    assert folder == tmp_path / "out" / "s"
    assert everything(tmp_path / "out") == {"s", "s/bee", "s/bee/1.jpg"}
