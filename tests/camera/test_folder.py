"""A folder's pictures are replayed in order, whatever their kind, and the unreadable ones are named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from edge.camera.recorded import recorded_at
from edge.camera.replay import PictureFolder
from edge.errors import SourceError
from tests.camera.recordings import HEIGHT, WIDTH, all_frames, number_of, numbered
from tests.rights import without_rights


def write(path: Path, picture: np.ndarray) -> Path:
    path.write_bytes(cv2.imencode(path.suffix, picture)[1].tobytes())
    return path


def test_pictures_of_a_folder_come_in_the_order_people_count(tmp_path: Path) -> None:
    for number in (10, 2, 1, 33):
        write(tmp_path / f"img{number}.png", numbered(number))
    frames = all_frames(PictureFolder(tmp_path))
    assert [number_of(frame.image) for frame in frames] == [1, 2, 10, 33]
    assert [frame.moment.source_s for frame in frames] == [0.0, 1.0, 2.0, 3.0]


def test_other_files_in_the_folder_are_not_pictures(tmp_path: Path) -> None:
    write(tmp_path / "a.png", numbered(1))
    (tmp_path / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "._a.png").write_bytes(b"resource fork")
    (tmp_path / "more.png").mkdir()
    camera = PictureFolder(tmp_path)
    assert len(all_frames(camera)) == 1
    assert camera.health().complete


def test_grey_16_bit_and_transparent_pictures_become_bgr(tmp_path: Path) -> None:
    grey = np.full((HEIGHT, WIDTH), 200, np.uint8)
    write(tmp_path / "1.png", grey)
    write(tmp_path / "2.png", grey.astype(np.uint16) * 257)
    write(tmp_path / "3.png", np.dstack([numbered(5), np.full((HEIGHT, WIDTH), 128, np.uint8)]))
    write(tmp_path / "4.tiff", np.dstack([grey, grey, grey]).astype(np.uint16) * 257)
    frames = all_frames(PictureFolder(tmp_path))
    assert [frame.image.shape for frame in frames] == [(HEIGHT, WIDTH, 3)] * 4
    assert {frame.image.dtype for frame in frames} == {np.dtype(np.uint8)}
    assert [int(frames[place].image.mean()) for place in (0, 1, 3)] == [200, 200, 200]
    assert number_of(frames[2].image) == 5


def test_unreadable_pictures_are_passed_over_counted_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (1, 3):
        write(tmp_path / f"{number}.png", numbered(number))
    (tmp_path / "2.png").write_bytes(b"no picture")
    (tmp_path / "4.png").write_bytes(b"")
    camera = PictureFolder(tmp_path)
    frames = all_frames(camera)
    assert [number_of(frame.image) for frame in frames] == [1, 3]
    assert [frame.moment.source_s for frame in frames] == [0.0, 2.0], "a skipped picture keeps its second"
    health = camera.health()
    assert not health.complete
    assert "expected 4 pictures, found 2" in health.detail
    assert "2.png, 4.png" in health.detail
    assert "2.png" in caplog.text


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("no pictures")
    with pytest.raises(SourceError, match=r"expected a folder with pictures .*found none in"):
        PictureFolder(tmp_path)


def test_a_folder_of_broken_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"broken")
    with pytest.raises(SourceError, match=r"1 file in .*, which cannot be decoded"):
        PictureFolder(tmp_path)


def test_a_photo_folder_starts_when_its_first_photo_was_taken(tmp_path: Path) -> None:
    exif = Pillow.Exif()
    exif.get_ifd(0x8769).update({0x9003: "2026:04:05 10:11:12", 0x9011: "+08:00"})
    Pillow.new("RGB", (64, 48)).save(tmp_path / "1.jpg", exif=exif)
    camera = PictureFolder(tmp_path)
    assert camera.start == datetime(2026, 4, 5, 2, 11, 12, tzinfo=UTC)
    assert camera.start_from == "container"


def test_a_photo_held_upright_is_turned_as_its_exif_says(tmp_path: Path) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    Pillow.new("RGB", (64, 48)).save(tmp_path / "1.jpg", exif=exif)
    assert all_frames(PictureFolder(tmp_path))[0].image.shape == (64, 48, 3)


@pytest.mark.parametrize("mode", [0o000, 0o444], ids=["not even listed", "listed only"])
def test_a_folder_that_may_not_be_read_is_named_with_what_to_do(tmp_path: Path, mode: int) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    write(pictures / "1.png", numbered(1))
    with (
        without_rights(pictures, mode),
        pytest.raises(SourceError, match=r"pictures, which cannot be read \(Permission denied\); give this user"),
    ):
        PictureFolder(pictures)


def test_a_first_photo_of_too_many_pixels_for_pillow_has_the_time_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = write(tmp_path / "1.png", numbered(1))
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", WIDTH * HEIGHT // 3)
    assert recorded_at(photo)[1] == "modified"
    assert len(all_frames(PictureFolder(tmp_path))) == 1


def test_a_photo_from_before_all_calendars_has_the_time_of_its_file(tmp_path: Path) -> None:
    exif = Pillow.Exif()
    exif.get_ifd(0x8769).update({0x9003: "0001:01:01 00:00:00", 0x9011: "+08:00"})
    Pillow.new("RGB", (64, 48)).save(tmp_path / "1.jpg", exif=exif)
    assert recorded_at(tmp_path / "1.jpg")[1] == "modified"
