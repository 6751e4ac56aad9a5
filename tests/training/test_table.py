"""A table whose rows cannot be told apart is refused with the line where that begins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.conftest import picture, write
from training.check.check import check
from training.errors import TrainingError
from training.fix.answers import read_rows
from training.manifest import read_manifest
from training.sources import labels_from_csv
from training.table import BrokenTable, read_table, rows_of

Raw = Callable[..., Path]
HEAD = "path,class,note\na.jpg,ant,x\n"
REST = "c.jpg,bee,x\n"


@pytest.mark.parametrize(
    "broken",
    [
        'b.jpg,"bee,x\n' + REST,
        'b.jpg,"bee,x\n' + REST * 20_000,
        'b.jpg,"bee,x\n' + REST + 'd.jpg,"wasp",x\n',
        'b.jpg,"bee,x\n' + REST + 'd.jpg,wasp",x\n',
        'b.jpg,bee,"x\n' + REST + 'd.jpg,wasp,"x, y"\n',
        'b.jpg,bee,"x\n',
    ],
    ids=["to-the-end", "longer-than-csv-takes", "to-the-next", "to-one-too-many", "in-a-note", "in-the-last-line"],
)
def test_a_quote_that_is_not_closed_is_named_with_its_line(broken: str) -> None:
    with pytest.raises(BrokenTable, match="not closed in line 3; close the quote in that line") as refused:
        rows_of(HEAD + broken, ("path", "class"))
    assert refused.value.line == 3
    assert "bee" not in str(refused.value)


@pytest.mark.parametrize("rest", [REST, REST * 20_000], ids=["short", "long"])
def test_a_quote_that_is_not_closed_in_the_first_line_is_named(rest: str) -> None:
    with pytest.raises(BrokenTable, match="line 1;"):
        rows_of('path,"class,note\n' + rest, ("path", "class"))


def test_a_note_of_several_lines_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text(HEAD + 'b.jpg,bee,"seen ""twice"",\r\nby Li\n"\n' + 'c.jpg,5" bee,x\n', newline="")
    rows = list(read_table(path, ("path", "class")))
    assert [row["class"] for row in rows] == ["ant", "bee", '5" bee']
    assert rows[1]["note"] == 'seen "twice",\r\nby Li\n'


def test_every_reader_of_tables_names_it(raw: Raw, tmp_path: Path) -> None:
    root = raw(10)
    table = root / "manifest.csv"
    table.write_text('path,class,photo,proposed,move\nimages/red/0.jpg,"red,,,\nimages/red/1.jpg,red,,,\n')
    for read in (
        lambda: read_manifest(root),
        lambda: read_rows(table),
        lambda: labels_from_csv(root, table, "path", "class"),
    ):
        with pytest.raises(TrainingError, match=r"manifest\.csv; found a quote that is not closed in line 2;"):
            read()
    assert [(f.severity, f.place, f.found) for f in check(root).faults] == [
        ("error", "manifest.csv:2", "a quote that is not closed")
    ]


def test_a_nul_is_refused_before_it_reaches_a_file_name(tmp_path: Path) -> None:
    for seed, name in enumerate(("a.jpg", "b.jpg")):
        write(tmp_path / "photos" / name, picture(seed))
    table = tmp_path / "l.csv"
    table.write_text("path,class\na.jpg,ant\nb.jpg,be\0e\n")
    with pytest.raises(TrainingError, match=r"a NUL.* in line 3; save it as CSV in UTF-8"):
        labels_from_csv(tmp_path / "photos", table, "path", "class")
