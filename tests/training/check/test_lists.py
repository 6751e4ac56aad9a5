"""Every wrong line of classes.txt, val.txt, test.txt and manifest.csv is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.check.conftest import RED, faults, lines_of, only

Raw = Callable[..., Path]


@pytest.mark.parametrize(
    ("data", "place", "found"),
    [
        (b"blue\ngreen\nred\nblue\n", "classes.txt:4", "blue for the second time, after line 1"),
        ("\ufeffblue\ngreen\nred\n".encode(), "classes.txt", "byte order mark"),
        (b"blue 0\ngreen 1\nred 2\n", "classes.txt:1", "names with numbers"),
        (b"blue\n\ngreen\nred\n", "classes.txt:2", "an empty line"),
    ],
    ids=["twice", "bom", "numbers", "empty-line"],
)
def test_a_sloppy_class_list_is_named(root: Path, data: bytes, place: str, found: str) -> None:
    (root / "classes.txt").write_bytes(data)
    fault = only(root)
    assert fault.place == place
    assert found in fault.found


def test_a_list_in_gbk_is_named_with_its_first_such_line(raw: Raw) -> None:
    root = raw(12, {"ant": (40, 40, 220), "蚜虫": (40, 200, 40)})
    (root / "classes.txt").write_bytes("ant\r\n蚜虫\r\n".encode("gbk"))
    assert only(root).place == "classes.txt:2"


@pytest.mark.parametrize(
    ("line", "severity", "found"),
    [
        ("red/none.jpg 2", "error", "no photo red/none.jpg in val_set"),
        ("{first}", "error", "where `class/file index` should be"),
        ("{first} ²", "error", "where `class/file index` should be"),
        ("{first} 7", "error", "index 7, but the last class is 2"),
        ("{first} 0", "error", "index 0 is blue, but the photo lies in red"),
        ("{back} 2", "warning", "a backslash"),
    ],
    ids=["missing", "no-index", "no-number", "index-too-large", "index-wrong", "backslash"],
)
def test_a_wrong_line_of_a_list_is_named(root: Path, line: str, severity: str, found: str) -> None:
    listed = root / "val.txt"
    lines = lines_of(listed)
    place = next(i for i, text in enumerate(lines) if text.startswith("red/"))
    first = lines[place].split(" ")[0]
    lines[place] = line.format(first=first, back=first.replace("/", "\\"))
    listed.write_text("\n".join(lines) + "\n")
    fault = next(f for f in faults(root) if f.place == f"val.txt:{place + 1}")
    assert fault.severity == severity
    assert found in fault.found


def test_a_photo_that_no_list_names_and_a_line_twice_are_named(root: Path) -> None:
    lines = lines_of(root / "test.txt")
    (root / "test.txt").write_text("\n".join([*lines[1:], lines[2]]) + "\n")
    found = {f.place: f.found for f in faults(root)}
    assert found[f"test_set/{lines[0].split(' ')[0]}"] == "not in test.txt, and so never used"
    assert "second time, after line 2" in found[f"test.txt:{len(lines)}"]


def test_a_manifest_that_contradicts_the_folders_is_named(root: Path) -> None:
    path = root / "manifest.csv"
    lines = lines_of(path)
    at = next(i for i, line in enumerate(lines) if line.startswith(RED))
    lines[at] = lines[at].replace(",red,", ",blue,")
    lines.append("training_set/red/gone.jpg,red,,,,,,")
    path.write_text("\n".join(lines) + "\n")
    assert {(f.severity, f.place) for f in faults(root)} == {
        ("error", f"manifest.csv:{at + 1}"),
        ("warning", f"manifest.csv:{len(lines)}"),
    }


@pytest.mark.parametrize(
    ("wrong", "severity", "found"),
    [
        ("{line}", "warning", "{name} for the second time, after line {at}"),
        ("{back}", "warning", "{name} for the second time, after line {at}"),
        ("{name},blue,,{group},,,,", "error", "{name} for the second time, after line {at} (with another class)"),
        ("{name},red,,9999,,,,", "error", "{name} for the second time, after line {at} (with another group)"),
    ],
    ids=["same", "backslashes", "class", "group"],
)
def test_a_photo_that_the_manifest_has_twice_is_named(root: Path, wrong: str, severity: str, found: str) -> None:
    path = root / "manifest.csv"
    lines = lines_of(path)
    at = next(i for i, line in enumerate(lines) if line.startswith(RED))
    name, _label, _source, group_id, *_others = lines[at].split(",")
    values = {"line": lines[at], "back": lines[at].replace("/", "\\"), "name": name, "group": group_id, "at": at + 1}
    path.write_text("\n".join([*lines, wrong.format(**values)]) + "\n")
    fault = only(root)
    assert (fault.severity, fault.place) == (severity, f"manifest.csv:{len(lines) + 1}")
    assert fault.found == found.format(**values)
