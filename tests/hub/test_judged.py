"""What people say on the hub stays there; of two words, one from a garden and one from here, the later one counts."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from edge.cli import cli
from edge.errors import StoreFault
from edge.hub.album import HubAlbum
from edge.hub.keeper import Keeper
from edge.hub.photo_files import PhotoFiles
from edge.hub.schema import MIGRATIONS, connect, migrate
from edge.store.verdicts import Verdict
from tests.hub.tales import ID, photo, sighting

pytestmark = pytest.mark.system
HERE = datetime(2026, 5, 2, 12, tzinfo=UTC)
EARLIER, LATER = "2026-05-02T11:00:00.000+00:00", "2026-05-02T13:00:00.000+00:00"


@pytest.fixture
def keeper(database: str, tmp_path: Path) -> Iterator[Keeper]:
    with connect(database) as db:
        migrate(db)
        yield Keeper(db, PhotoFiles(tmp_path))


def judge(database: str, label: str = "bee") -> None:
    with closing(HubAlbum(database)) as album:
        album.append([Verdict(ID, label, "beneficial", "Li Hua", HERE)])


def known(database: str) -> tuple[str | None, str, str | None]:
    with closing(HubAlbum(database)) as album:
        one = album.one(ID)
        return one.verdict, one.truth_role, one.judged_by


def said(number: int, at: str | None, verdict: str | None = "ant") -> dict[str, object]:
    return {"number": number, "verdict": verdict, "judged_by": "Ms Wang", "judged_at": at} | (
        {"truth": verdict, "truth_role": "neutral"} if verdict else {}
    )


def test_news_from_the_garden_leave_a_word_from_here(keeper: Keeper, database: str) -> None:
    keeper.store([sighting(1)])
    judge(database)
    keeper.store([sighting(5, closed=True), photo(6), sighting(5, closed=True)])
    assert known(database) == ("bee", "beneficial", "Li Hua")


@pytest.mark.parametrize("first", ["here", "garden"])
def test_the_later_word_counts_whichever_comes_first(keeper: Keeper, database: str, first: str) -> None:
    keeper.store([sighting(1)])
    for number, (at, expected) in enumerate(((EARLIER, "bee"), (LATER, "ant")), start=2):
        told = sighting(**said(number, at))  # type: ignore[arg-type]
        if first == "here":
            judge(database)
            keeper.store([told])
        else:
            keeper.store([told])
            judge(database)
        assert known(database)[0] == expected


def test_a_garden_that_takes_its_word_back_later_is_believed(keeper: Keeper, database: str) -> None:
    keeper.store([sighting(1)])
    judge(database)
    keeper.store([sighting(**said(2, LATER, None))])  # type: ignore[arg-type]
    assert known(database) == (None, "pest", None)


def test_a_verdict_on_nothing_is_refused_whole(keeper: Keeper, database: str) -> None:
    keeper.store([sighting(1)])
    with closing(HubAlbum(database)) as album:
        with pytest.raises(StoreFault):
            album.append([Verdict(id, "bee", "beneficial", "Li Hua", HERE) for id in (ID, "77" * 16)])
        assert album.verdicts(ID) == []


def test_a_database_of_the_first_schema_keeps_its_verdicts(database: str, tmp_path: Path) -> None:
    with connect(database) as db, db.transaction():
        db.execute("CREATE TABLE schema_version (version integer NOT NULL)")
        db.execute((MIGRATIONS / "0001_first.sql").read_bytes())
        db.execute("INSERT INTO schema_version VALUES (1)")
        db.execute("INSERT INTO gardens (garden) VALUES ('g1')")
        db.execute(
            "INSERT INTO sightings (id, garden, record, revision, first_seen, last_seen, first_local, utc_offset_s,"
            " clock, label, role, confidence, candidates, verdict, judged_by, judged_at, truth, truth_role, closed,"
            " box_x, box_y, box_w, box_h, source, run, model, config, software) VALUES (%s, 'g1', 1, 1, now(), now(),"
            " localtimestamp, 0, 'trusted', 'slug', 'pest', 0.8, '{}', 'ant', 'Ms Wang', now(), 'ant', 'neutral',"
            " true, 0, 0, 1, 1, '0', 'r', 'm', 'c', 's')",
            (ID,),
        )
    with connect(database) as db:
        migrate(db)
    assert known(database) == ("ant", "neutral", "Ms Wang")


def test_what_people_say_here_leaves_as_a_dataset(keeper: Keeper, database: str, tmp_path: Path) -> None:
    other = "cd" * 16
    keeper.store([sighting(1, closed=True), photo(2)])
    keeper.store([sighting(1, garden="g2", id=other, closed=True), photo(2, garden="g2", id=other)])
    judge(database)
    file = tmp_path / "hub.yaml"
    file.write_text(f"data: {tmp_path}\ndatabase: {database}\nbroker: {{host: localhost}}\n", encoding="utf-8")

    def export(form: str, name: str, *more: str) -> str:
        words = ["hub", "--config", str(file), "export", "--format", form, "--out", str(tmp_path / name), *more]
        said = CliRunner().invoke(cli, words)
        assert said.exit_code == 0, said.output
        return said.output

    assert "bee: 1" in export("dataset", "set")
    assert [path.name for path in (tmp_path / "set").rglob("*.jpg")] == [f"{ID}-1.jpg"]
    (line,) = csv.DictReader((tmp_path / "set" / "manifest.csv").read_text("utf-8").splitlines())
    assert (line["class"], line["judged_by"], line["judged_at"]) == ("bee", "Li Hua", "2026-05-02T12:00:00+00:00")
    export("csv", "all.csv")
    lines = list(csv.DictReader((tmp_path / "all.csv").read_text("utf-8").splitlines()))
    assert {one["id"]: one["verdict"] for one in lines} == {ID: "bee", other: ""}
    export("jsonl", "one.jsonl", "--garden", "g2")
    assert len((tmp_path / "one.jsonl").read_text("utf-8").splitlines()) == 1
