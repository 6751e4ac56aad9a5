"""Sets that are made in the studio: what comes in, what is left out, what is taken back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.conftest import picture, write
from training.errors import UsageError
from training.studio import own_photos
from training.studio.own_photos import OwnPhotos
from training.studio.photo_set import open_folder
from training.studio.workspace import Workspace


@pytest.fixture
def own(tmp_path: Path) -> OwnPhotos:
    return OwnPhotos(tmp_path / "studio" / "photos" / "我的照片")


def photos(folder: Path, count: int, first: int = 0) -> list[Path]:
    return [write(folder / f"{seed}.jpg", picture(seed)) for seed in range(first, first + count)]


def test_photos_are_copied_into_their_class(own: OwnPhotos, tmp_path: Path) -> None:
    files = photos(tmp_path / "drop", 3)
    added = own.add_files("蚜虫", files)
    assert own.classes() == {"蚜虫": 3}
    assert [path.read_bytes() for path in added.paths] == [path.read_bytes() for path in files]
    assert added.words("蚜虫") == "3 photos added to 蚜虫."


def test_what_is_no_photo_is_named_and_the_others_come_in(own: OwnPhotos, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("bees are nice", encoding="utf-8")
    (tmp_path / "empty.jpg").touch()
    added = own.add_files("bee", [tmp_path / "notes.txt", tmp_path / "empty.jpg", *photos(tmp_path, 1)])
    assert len(added.paths) == 1
    assert added.left_out == {"notes.txt": "no picture, or a kind that is not read", "empty.jpg": "an empty file"}
    assert "Left out: notes.txt: no picture" in added.words("bee")


def test_a_class_of_nothing_but_wrong_files_leaves_no_folder(own: OwnPhotos, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("bees", encoding="utf-8")
    own.add_files("bee", [tmp_path / "notes.txt"])
    assert own.classes() == {}
    assert not (own.root / "images" / "bee").exists()


def test_a_huge_file_is_left_out_unread(own: OwnPhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_photos, "MOST_BYTES", 100)
    assert own.add_files("bee", photos(tmp_path, 1)).left_out == {"0.jpg": "larger than 0 MB"}


def test_a_thousand_files_come_in_and_only_five_reasons_are_told(own: OwnPhotos, tmp_path: Path) -> None:
    good = photos(tmp_path / "one", 1)[0].read_bytes()
    files = []
    for number in range(1000):
        path = tmp_path / "drop" / f"{number}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(good if number % 2 else b"no photo")
        files.append(path)
    added = own.add_files("bee", files)
    assert len(added.paths) == len(added.left_out) == own.classes()["bee"] == 500
    assert added.words("bee").count("no picture") == 5


def test_files_of_one_name_stand_side_by_side(own: OwnPhotos, tmp_path: Path) -> None:
    for number in range(3):
        own.add_files("bee", [write(tmp_path / str(number) / "IMG 1.JPG".lower(), picture(number))])
    assert sorted(path.name for path in (own.root / "images" / "bee").iterdir()) == [
        "img 1.jpg", "img 1_2.jpg", "img 1_3.jpg",
    ]  # fmt: skip


@pytest.mark.parametrize("label", ["", "  ", "../bee", "a/b", "..", "C:", "a\\b"])
def test_a_class_that_is_no_folders_name_is_refused(own: OwnPhotos, tmp_path: Path, label: str) -> None:
    with pytest.raises(UsageError):
        own.add_files(label, photos(tmp_path, 1))
    assert not own.root.exists()


def test_the_webcams_photos_have_their_colours_and_are_taken_back(own: OwnPhotos) -> None:
    import cv2

    red = np.full((40, 60, 3), (250, 0, 0), np.uint8)  # RGB, as the browser's
    paths = [own.add_picture("bee", red) for _number in range(3)]
    written = cv2.imdecode(np.fromfile(paths[0], np.uint8), cv2.IMREAD_COLOR)
    assert written[20, 30, 2] > 200, "BGR"
    assert own.take_back(paths) == 3
    assert own.take_back(paths) == 0
    assert own.classes() == {}


def test_a_set_that_was_made_is_checked_split_and_chosen(own: OwnPhotos, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "studio")
    workspace.make()
    for number, label in enumerate(("bee", "ant")):
        own.add_files(label, photos(tmp_path / label, 10, 100 * number))
    own.write_class_list()
    opened = open_folder(own.root, workspace)
    assert (opened.classes, opened.photos, opened.errors) == (("ant", "bee"), 20, 0)
    assert workspace.own_sets() == ["我的照片"]
