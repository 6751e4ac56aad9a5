"""What a person writes into the table, and a spreadsheet makes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from training import journal
from training.errors import TrainingError
from training.fix.answers import Row, read_rows, wanted_moves, write_rows
from training.places import moving, read_places

Raw = Callable[..., Path]


@pytest.fixture
def root(raw: Raw) -> Path:
    return raw(3, {"蚜虫": (40, 40, 220), "ladybird": (40, 200, 40)})


def table(path: Path, *moves: str) -> Path:
    rows = [Row(i + 1, f"images/蚜虫/{i}.jpg", "蚜虫", "ladybird", 0.9, move) for i, move in enumerate(moves)]
    write_rows(path, rows)
    return path


def test_only_rows_with_a_yes_are_moved(root: Path, tmp_path: Path) -> None:
    wanted, before = wanted_moves(table(tmp_path / "a.csv", "y", "", "n"), read_places(root))
    assert (wanted, before) == ([("images/蚜虫/0.jpg", "ladybird")], 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_reads_what_a_spreadsheet_saved(root: Path, tmp_path: Path, encoding: str, separator: str) -> None:
    path = table(tmp_path / "a.csv", "Y", "是")
    text = path.read_text("utf-8-sig").replace("\n", "\r\n").replace(",", separator)
    path.write_bytes(text.encode(encoding))
    assert len(wanted_moves(path, read_places(root))[0]) == 2


def test_another_class_may_be_written_in(root: Path, tmp_path: Path) -> None:
    write_rows(tmp_path / "a.csv", [Row(1, "images/ladybird/1.jpg", "ladybird", "蚜虫", 0.5, "y")])
    assert wanted_moves(tmp_path / "a.csv", read_places(root))[0] == [("images/ladybird/1.jpg", "蚜虫")]


def test_every_wrong_line_is_named_and_nothing_is_wanted(root: Path, tmp_path: Path) -> None:
    rows = [
        Row(1, "images/蚜虫/0.jpg", "蚜虫", "ladybrid", 0.9, "y"),
        Row(2, "images/蚜虫/7.jpg", "蚜虫", "ladybird", 0.9, "y"),
        Row(3, "images/蚜虫/1.jpg", "蚜虫", "ladybird", 0.9, "maybe"),
    ]
    write_rows(tmp_path / "a.csv", rows)
    with pytest.raises(TrainingError) as caught:
        wanted_moves(tmp_path / "a.csv", read_places(root))
    found = caught.value.found
    assert "line 2: no class ladybrid; did you mean ladybird?" in found
    assert "line 3: no photo images/蚜虫/7.jpg" in found
    assert "line 4: maybe in `move`" in found


@pytest.mark.parametrize("moves", ["yn", "ny"])
def test_yes_and_no_to_one_photo_is_no_answer(root: Path, tmp_path: Path, moves: str) -> None:
    rows = [Row(i, "images/蚜虫/0.jpg", "蚜虫", "ladybird", 0.9, move) for i, move in enumerate(moves)]
    write_rows(tmp_path / "a.csv", rows)
    with pytest.raises(TrainingError) as caught:
        wanted_moves(tmp_path / "a.csv", read_places(root))
    assert caught.value.found == "line 3: images/蚜虫/0.jpg with another answer than in line 2"
    write_rows(tmp_path / "a.csv", [rows[moves.index("y")], Row(3, "images/蚜虫/0.jpg", "蚜虫", "ladybird", 0.9)])
    assert len(wanted_moves(tmp_path / "a.csv", read_places(root))[0]) == 1, "no answer is not a no"


def test_a_raised_two_is_no_number(root: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("number,photo,proposed,move\n²,images/蚜虫/0.jpg,ladybird,y\n", encoding="utf-8")
    assert [row.number for _line, row in read_rows(tmp_path / "a.csv")] == [1]


def test_a_table_that_was_applied_before_is_applied_once(root: Path, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "y", "y")
    journal.apply(root, moving(read_places(root), wanted_moves(path, read_places(root))[0]))
    assert wanted_moves(path, read_places(root)) == ([], 2)


def test_our_own_corrections_fit_the_photos_that_the_bundled_model_learned_from(shared: Path) -> None:
    places = read_places(shared / "data/photos")
    wanted, before = wanted_moves(PROJECT / "training/recipes/corrections.csv", places)
    assert (len(wanted), before) == (5, 0)


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("file,kind\na,b\n")
    with pytest.raises(TrainingError, match="photo, proposed, move"):
        read_rows(tmp_path / "a.csv")


def test_a_table_saved_as_unicode_text_or_with_a_note_full_of_commas_is_read(tmp_path: Path) -> None:
    text = "photo\tproposed\tmove\ta, b, c, d\nimages/蚜虫/1.jpg\t瓢虫\ty\t\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-16")
    assert [(line, row.photo, row.move) for line, row in read_rows(tmp_path / "a.csv")] == [
        (2, "images/蚜虫/1.jpg", "y")
    ]
