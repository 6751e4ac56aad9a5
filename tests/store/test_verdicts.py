"""What people say is appended, and goes before the machine."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

import pytest

from edge.store.filter import Filter
from edge.store.reading import Row, Sightings
from edge.store.store import Store
from edge.store.verdicts import JOURNAL, Verdict, append_verdicts
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, moment, run, sighting, visit


@pytest.fixture
def slug(folder: Folder) -> Iterator[str]:
    """The id of a slug that the watcher, still running, has recorded."""
    one = sighting(label="slug", role="pest")
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(one))
        assert store.settle(60)
        yield one.id


def verdict(id: str, label: str | None, role: str | None = None) -> Verdict:
    return Verdict(id, label, role, "Li Hua", moment(500).wall)


def read(folder: Folder, **wanted: str) -> list[Row]:
    with Sightings(folder.path) as record:
        return list(record.rows(Filter(**wanted)))  # type: ignore[arg-type]


def test_the_latest_verdict_is_the_truth_and_the_machine_s_label_stays(folder: Folder, slug: str) -> None:
    append_verdicts(folder.path, [verdict(slug, "snail", "pest")])
    append_verdicts(folder.path, [verdict(slug, "earthworm", "beneficial")])
    (row,) = read(folder)
    assert (row.label, row.verdict) == ("slug", "earthworm")
    assert [r.id for r in read(folder, label="earthworm")] == [slug]
    assert [r.id for r in read(folder, role="beneficial")] == [slug]
    assert read(folder, label="slug") == read(folder, role="pest") == []


def test_a_verdict_can_be_taken_back(folder: Folder, slug: str) -> None:
    append_verdicts(folder.path, [verdict(slug, "snail", "pest"), verdict(slug, None)])
    (row,) = read(folder, label="slug", role="pest")
    assert row.verdict is None
    assert folder.query("SELECT count(*) FROM verdicts") == [(2,)]


@pytest.mark.parametrize("change", ["UPDATE verdicts SET label = 'bee'", "DELETE FROM verdicts"])
def test_no_verdict_is_ever_changed(folder: Folder, slug: str, change: str) -> None:
    append_verdicts(folder.path, [verdict(slug, "snail", "pest")])
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        folder.execute(change)


def test_the_watcher_does_not_forget_a_verdict_on_an_open_sighting(folder: Folder) -> None:
    one = sighting()
    opened, closed = visit(one)
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([opened])
        assert store.settle(60)
        append_verdicts(folder.path, [verdict(one.id, "snail", "pest")])
        store.record([closed])
    assert [row.verdict for row in read(folder)] == ["snail"]


def test_the_journal_tells_the_same_as_the_table(folder: Folder, slug: str) -> None:
    append_verdicts(folder.path, [verdict(slug, "snail", "pest"), verdict(slug, "蜗牛", "pest")])
    lines = [json.loads(line) for line in (folder.path / JOURNAL).read_text("ascii").splitlines()]
    table = folder.query("SELECT id, sighting_id, label, role, judged_by, judged_at FROM verdicts ORDER BY number")
    names = ("id", "sighting_id", "label", "role", "judged_by", "judged_at")
    assert [tuple(line[name] for name in names) for line in lines] == table


def test_a_torn_last_line_of_the_journal_spoils_no_later_one(folder: Folder, slug: str) -> None:
    (folder.path / JOURNAL).write_text('{"id": "torn')
    append_verdicts(folder.path, [verdict(slug, "snail", "pest")])
    assert json.loads((folder.path / JOURNAL).read_text().splitlines()[-1])["label"] == "snail"
