"""A person says what was seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edge.errors import UsageError
from edge.model.labels import Label
from edge.review.judge import verdict_command
from edge.store.store import Store
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, run, sighting, visit

LABELS = {"slug": Label("slug", "Slug", "蛞蝓", role="pest"), "bee": Label("bee", "Bee", "蜜蜂", role="beneficial")}
ID = "ab" * 16


@pytest.fixture
def record(tmp_path: Path) -> Folder:
    """Two sightings whose ids begin alike."""
    folder = Folder(tmp_path / "data")
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([*visit(sighting(10, id=ID)), *visit(sighting(20, id="ab" + "cd" * 15))])
    return folder


def judge(folder: Folder, *words: str) -> Result:
    command = verdict_command(lambda: LABELS)
    return CliRunner().invoke(command, [*words, "--data", str(folder.path)], catch_exceptions=False)


def truth(folder: Folder) -> tuple[str, str]:
    [(label, role)] = folder.query("SELECT truth, truth_role FROM sightings WHERE id = ?", ID)
    return label, role


@pytest.mark.parametrize(
    ("said", "role"), [("bee", "beneficial"), ("unknown", "neutral"), ("background", "background")]
)
def test_the_verdict_is_what_counts(record: Folder, said: str, role: str) -> None:
    assert "Li Hua" in judge(record, "abab", said, "--by", "Li Hua").output
    assert truth(record) == (said, role)
    assert record.query("SELECT sighting_id, judged_by FROM verdicts") == [(ID, "Li Hua")]


def test_a_label_that_the_model_does_not_know_needs_a_role(record: Folder) -> None:
    with pytest.raises(UsageError, match="--role"):
        judge(record, ID, "ladybird")
    judge(record, ID, "ladybird", "--role", "beneficial")
    assert truth(record) == ("ladybird", "beneficial")


def test_a_verdict_can_be_taken_back(record: Folder) -> None:
    judge(record, ID, "bee")
    judge(record, ID, "--undo")
    assert truth(record) == ("slug", "pest")
    assert record.query("SELECT label FROM verdicts ORDER BY number") == [("bee",), (None,)], "appended, never changed"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ab", "bee"), "of several sightings"),
        (("ffff", "bee"), "of no sighting"),
        (("", "bee"), "sighting"),
        ((ID,), "neither"),
        ((ID, "bee", "--undo"), "both"),
    ],
)
def test_what_cannot_be_done_is_answered_and_nothing_is_written(
    record: Folder, words: tuple[str, ...], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        judge(record, *words)
    assert record.query("SELECT count(*) FROM verdicts") == [(0,)]
