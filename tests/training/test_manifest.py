"""What comes with photos is read however a spreadsheet saved it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from training import journal
from training.check.check import check
from training.errors import UsageError
from training.labels import read_labels
from training.layout import read_prepared
from training.manifest import read_manifest
from training.places import moving, read_places
from training.prepare import prepare

Raw = Callable[..., Path]
SEPARATORS = (",", ";", "\t")


def saved_anew(path: Path, separator: str) -> None:
    """As Excel does, where a comma parts whole numbers from their decimals."""
    text = path.read_text(encoding="utf-8").replace(",", separator)
    path.write_text(text, encoding="utf-8-sig", newline="\r\n")


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_manifest_is_read_whatever_parts_its_columns(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "manifest.csv"
    path.write_text("path,class,group\nimages/red/0.jpg,red,7\n", encoding="utf-8")
    saved_anew(path, separator)
    assert read_manifest(tmp_path) == {"images/red/0.jpg": {"path": "images/red/0.jpg", "class": "red", "group": "7"}}


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_set_whose_manifest_was_saved_anew_is_whole(raw: Raw, tmp_path: Path, separator: str) -> None:
    out = tmp_path / "out"
    prepare(raw(10), out)
    saved_anew(out / "manifest.csv", separator)
    assert not [fault for fault in check(out).faults if fault.place.startswith("manifest.csv:")]
    path = next(p for p, part in read_places(out).split.items() if part == "val" and "/red/" in p)
    journal.apply(out, moving(read_places(out), [(path, "blue")]))
    rows = read_manifest(out)
    assert path not in rows
    assert rows.keys() == {
        p.path.relative_to(out).as_posix() for part in read_prepared(out).photos.values() for p in part
    }
    assert all(row["class"] == name.split("/")[1] and row["group"] for name, row in rows.items())


def test_a_workbook_called_csv_is_one_fault_among_others_and_is_not_taken_for_no_manifest(raw: Raw) -> None:
    root = raw(10)
    (root / "manifest.csv").write_bytes(b"PK\x03\x04\x14\x00\x06\x00")
    (root / "images/red/0.jpg").write_bytes(b"no picture")
    places = {fault.place for fault in check(root).faults if fault.severity == "error"}
    assert {"manifest.csv:1", "images/red/0.jpg"} <= places
    with pytest.raises(UsageError, match="an Excel workbook; save it as CSV"):
        read_manifest(root)


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_table_of_labels_is_read_whatever_parts_its_columns(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("key,english,chinese\nant,garden ant,蚂蚁\n", encoding="utf-8")
    saved_anew(path, separator)
    assert (read_labels(path)["ant"].english, read_labels(path)["ant"].chinese) == ("garden ant", "蚂蚁")
