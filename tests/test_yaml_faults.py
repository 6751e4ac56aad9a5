"""What somebody mistyped in the configuration is told with its place and its likeliest cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.errors import ConfigFaults
from edge.settings import Config
from edge.typed_yaml import read_typed
from tests.programs import gardenwatch

INDENTED = "a line that is indented wrongly"
NO_COLON = "a key without its colon"
CLOSED = "a [ or { that is not closed"


@pytest.mark.parametrize(
    ("text", "line", "column", "cause"),
    [
        ("camera:\n\tsource: 0\n", 2, 1, "a tab"),
        ("camera:\n  source: 0\n  \tfps: 5\n", 3, 3, "a tab"),
        ("camera\n  source: 0\n", 1, 1, NO_COLON),
        ("data:x\ncamera: {}\n", 1, 1, NO_COLON),
        ("# mine\ndata\n\n# the camera\ncamera: {}\n", 2, 1, NO_COLON),
        ("data: x\nlanguage\nled: {}\n", 2, 1, NO_COLON),
        ("data：x\ncamera: {}\n", 1, 5, "a Chinese colon"),
        ("site:\n  name: Garden: the old one\n", 2, 15, "a second colon"),
        ("data: x\n  camera: {}\n", 2, 3, INDENTED),
        ("camera:\n    source: 0\n  fps: 3\n", 3, 3, INDENTED),
        ("  data: x\ncamera: {}\n", 2, 1, INDENTED),
        ("site:\n  name: 'Garden\n  latitude: 3\n", 2, 9, "a quote (' or \") that is not closed"),
        ('data: "C:\\garden"\n', 1, 10, "a backslash in double quotes"),
        ('site:\n  name: "Old" garden\n', 2, 15, "more text after a closing quote"),
        ("led: {show: [pest, starting\ncamera: {}\n", 1, 13, CLOSED),
        ("led: {show: [pest,, starting]}\n", 1, 19, CLOSED),
        ("led: {pin: D13}}\n", 1, 16, "a } too many"),
        ("data: @home\n", 1, 7, "a value that begins with @"),
        ("data: x\nsite: {name: '\x01'}\n", 2, 15, "a sign that cannot be seen"),
        ("data: |x\n y\n", 1, 8, "something that is not allowed here"),
    ],
)
def test_a_fault_has_its_place_and_its_cause(tmp_path: Path, text: str, line: int, column: int, cause: str) -> None:
    file = tmp_path / "gardenwatch.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigFaults) as caught:
        read_typed(file, Config)
    (fault,) = caught.value.faults
    assert fault.startswith(f"{file}:{line}: expected YAML; found {cause}")
    assert f"; at column {column} (the reader's own words: " in fault


@pytest.mark.parametrize("words", [("run",), ("doctor",), ("config", "check")], ids=lambda words: words[0])
def test_it_is_told_in_the_language_that_the_faulty_file_asks_for(tmp_path: Path, words: tuple[str, ...]) -> None:
    file = tmp_path / "gardenwatch.yaml"
    file.write_text("language: zh-CN\ncamera:\n\tsource: 0\n", encoding="utf-8")
    named = (file,) if words[0] == "config" else ("--config", file)
    done = gardenwatch(*words, *named, GARDENWATCH_LANG="en")
    assert done.returncode == 78
    assert f"{file}:3: 应为 YAML，却发现制表符（Tab）" in done.stderr
    english = gardenwatch("--language", "en", *words, *named)
    assert f"{file}:3: expected YAML; found a tab" in english.stderr
