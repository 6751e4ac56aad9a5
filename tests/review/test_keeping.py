"""A teacher can ask which photos will go before they are gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from edge.model.labels import Label
from edge.review.keeping import retention_command
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, START, run, sighting, visit

NAMES = {"ant": Label("ant", "Ant", "蚂蚁", "Formicidae", "family", "neutral")}


@pytest.fixture
def garden(tmp_path: Path) -> Folder:
    """Thirty ants, the last of them judged, and a leaf."""
    folder = Folder(tmp_path / "data")
    seen = [sighting(10 * n, "ant", "neutral") for n in range(30)]
    with Store.open(folder.path, SETTINGS, run()) as store:
        for one in [*seen, sighting(900, "background", "background")]:
            store.record(visit(one))
            assert store.settle(60)
    append_verdicts(folder.path, [Verdict(seen[29].id, "ant", "neutral", "Li Hua", START)])
    return folder


def told(folder: Folder, config: str = "") -> str:
    file = folder.path.parent / "c.yaml"
    file.write_text(f"data: data\n{config}")
    command = retention_command(lambda: NAMES)
    result = CliRunner().invoke(command, ["--preview", "--config", str(file)], catch_exceptions=False, obj="en")
    assert result.exit_code == 0, result.output
    return result.output


def test_the_turns_are_told_with_counts_and_the_judged_apart(garden: Folder) -> None:
    text = told(garden)
    assert re.findall(r"^(first|then|last|never): .*?(\d+) photos?\b", text, re.M) == [
        ("first", "1"),
        ("then", "28"),
        ("last", "1"),
        ("never", "1"),
    ]
    assert "Ant" in text
    assert "and 18 more" in text
    assert garden.path.name
    garden.assert_sound()


def test_what_is_too_old_is_told_first(garden: Folder) -> None:
    text = told(garden, "store: {retention: {max_age_days: 0.001}}\n")
    assert "now: too old: 30 photos" in text


def test_without_preview_nothing_is_done(garden: Folder) -> None:
    result = CliRunner().invoke(retention_command(lambda: NAMES), ["--data", str(garden.path)], obj="en")
    assert result.exit_code == 2
    assert "--preview" in result.output
