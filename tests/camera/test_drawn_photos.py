"""`gardenwatch draw` writes a raw data set that training can read."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from edge.camera.commands import draw
from edge.camera.garden.photos import CLASSES, draw_photos
from edge.errors import UsageError
from tests.rights import without_rights


def test_writes_every_class_with_as_many_photos_as_asked(tmp_path: Path) -> None:
    result = CliRunner().invoke(draw, [str(tmp_path / "raw"), "--per-class", "4", "--seed", "3"])
    assert result.exit_code == 0, result.output
    assert "16" in result.output
    assert (tmp_path / "raw" / "classes.txt").read_text().split() == list(CLASSES)
    for name in CLASSES:
        photos = sorted((tmp_path / "raw" / "images" / name).iterdir())
        assert len(photos) == 4
        for photo in photos:
            picture = cv2.imread(str(photo))
            assert picture is not None
            assert 60 <= picture.shape[1] <= 320
            assert 42 <= picture.shape[0] <= 320


def test_the_same_seed_draws_the_same_photos_and_more_leave_the_first_ones(tmp_path: Path) -> None:
    draw_photos(tmp_path / "few", 2, seed=5)
    draw_photos(tmp_path / "more", 3, seed=5)
    for photo in (tmp_path / "few" / "images").rglob("*.jpg"):
        same = tmp_path / "more" / photo.relative_to(tmp_path / "few")
        assert photo.read_bytes() == same.read_bytes()


def test_photos_of_one_class_differ_from_each_other(tmp_path: Path) -> None:
    draw_photos(tmp_path / "raw", 4, seed=1)
    bees = [cv2.imread(str(path)) for path in sorted((tmp_path / "raw" / "images" / "bee").iterdir())]
    small = [cv2.resize(bee, (32, 32)).astype(int) for bee in bees if bee is not None]
    differences = [np.abs(a - b).mean() for i, a in enumerate(small) for b in small[i + 1 :]]
    assert min(differences) > 8


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "homework.txt").write_text("mine")
    with pytest.raises(UsageError, match="empty or new folder"):
        draw_photos(tmp_path, 1, seed=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["homework.txt"]


def test_a_folder_with_a_chinese_name_is_written(tmp_path: Path) -> None:
    draw_photos(tmp_path / "花园", 1, seed=1)
    assert len(list((tmp_path / "花园" / "images").rglob("*.jpg"))) == len(CLASSES)


def test_a_folder_behind_a_closed_one_is_a_wrong_command(tmp_path: Path) -> None:
    with without_rights(tmp_path):
        result = CliRunner().invoke(draw, [str(tmp_path / "raw"), "--per-class", "1"])
    assert isinstance(result.exception, UsageError)
    assert "raw: Permission denied; choose a folder" in str(result.exception)
