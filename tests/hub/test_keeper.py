"""What is stored of what gardens tell, whatever order it comes in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from edge.hub.keeper import Keeper, Message
from edge.hub.photo_files import PhotoFiles
from edge.hub.schema import connect, migrate
from tests.hub.tales import ID, RECORD, effort, photo, shuffled, sighting, topic

pytestmark = pytest.mark.system


@pytest.fixture
def db(database: str) -> Iterator[psycopg.Connection]:
    with connect(database) as db:
        migrate(db)
        yield db


@pytest.fixture
def keeper(db: psycopg.Connection, tmp_path: Path) -> Keeper:
    return Keeper(db, PhotoFiles(tmp_path))


def rows(db: psycopg.Connection, query: str) -> list[Any]:
    return db.execute(query.encode()).fetchall()


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg"))


def test_a_visit_is_stored_with_its_photo_and_confirmed(keeper: Keeper, db: psycopg.Connection, tmp_path: Path) -> None:
    outcome = keeper.store([sighting(1), photo(2), effort(3)])
    assert (outcome.stored, outcome.refused) == ({("g1", RECORD): [1, 2, 3]}, 0)
    found = rows(db, "SELECT id, garden, label, first_local::text, utc_offset_s, candidates FROM sightings")
    assert found == [(ID, "g1", "slug", "2026-05-01 14:00:10", 28800, {"slug": 0.8, "background": 0.2})]
    assert files(tmp_path) == [f"photos/ab/{ID}-1.jpg"]
    assert rows(db, "SELECT width, height FROM photos") == [(48, 48)]
    assert rows(db, "SELECT kind, seconds FROM effort ORDER BY kind") == [("dark", 99.5), ("watched", 700.5)]
    assert rows(db, "SELECT garden, timezone, utc_offset_s FROM gardens") == [("g1", "Asia/Shanghai", 28800)]


@pytest.mark.parametrize("seed", range(8))
def test_order_and_duplicates_change_nothing(keeper: Keeper, db: psycopg.Connection, tmp_path: Path, seed: int) -> None:
    """Opened, better photo, judged, photo deleted: in any order, some twice, in batches of two."""
    tale = [
        sighting(1),
        photo(2, of=1, shade=60),
        photo(4, of=2, shade=90),
        sighting(5, closed=True, photo_number=2),
        effort(6),
        effort(7, seconds={"watched": 800.0}),
        sighting(8, closed=True, photo_number=2, verdict="bee", truth="bee", truth_role="beneficial"),
        sighting(9, closed=True, photo_number=2, photo_missing="deleted", truth="bee", truth_role="beneficial"),
    ]
    mixed = shuffled(tale, seed)
    for begin in range(0, len(mixed), 2):
        keeper.store(mixed[begin : begin + 2])
    assert rows(db, "SELECT truth, closed, photo_missing, revision FROM sightings") == [("bee", True, "deleted", 9)]
    assert rows(db, "SELECT count(*) FROM photos") == [(0,)]
    assert files(tmp_path) == [], "a copy of a photo that was taken back has to go, too"
    assert rows(db, "SELECT seconds FROM effort WHERE kind = 'watched'") == [(800.0,)]
    assert rows(db, "SELECT count(*) FROM refused") == [(0,)]


def test_a_better_photo_takes_the_place_of_the_earlier_one(
    keeper: Keeper, db: psycopg.Connection, tmp_path: Path
) -> None:
    keeper.store([photo(2, of=1)])
    keeper.store([photo(4, of=2)])
    keeper.store([photo(2, of=1)])
    assert files(tmp_path) == [f"photos/ab/{ID}-2.jpg"]
    assert rows(db, "SELECT number, path FROM photos") == [(2, f"photos/ab/{ID}-2.jpg")]


def test_a_photo_that_expired_on_its_device_stays_here(keeper: Keeper, tmp_path: Path) -> None:
    keeper.store([sighting(1), photo(2), sighting(3, closed=True, photo_missing="expired")])
    assert files(tmp_path) == [f"photos/ab/{ID}-1.jpg"]


def test_a_withheld_photo_goes_and_a_later_one_may_come(keeper: Keeper, tmp_path: Path) -> None:
    keeper.store([sighting(1), photo(2, of=1), sighting(3, photo_missing="withheld", photo_number=1)])
    assert files(tmp_path) == []
    keeper.store([photo(2, of=1), photo(4, of=2)])
    assert files(tmp_path) == [f"photos/ab/{ID}-2.jpg"]


def test_a_device_whose_database_began_anew_is_believed(keeper: Keeper, db: psycopg.Connection) -> None:
    """Its numbers begin at 1 again; what the old record still had on its way changes nothing."""
    keeper.store([sighting(700, truth="slug", closed=True)])
    keeper.store([sighting(2, record="1e" * 8, closed=True, truth="bee", truth_role="beneficial")])
    keeper.store([sighting(701, truth="slug", closed=True)])
    assert rows(db, "SELECT truth FROM sightings") == [("bee",)]


def test_what_cannot_be_understood_is_put_aside_and_confirmed(
    keeper: Keeper, db: psycopg.Connection, tmp_path: Path
) -> None:
    name = f"{'cd' * 16}-1.jpg"
    bad = [
        Message(topic("sighting", 2), b"{"),
        Message(topic("sighting", 3), b"\xff\xfe"),
        sighting(4, confidence=7.0),
        sighting(5, first_seen="0001-01-01T00:00:00+08:00"),
        sighting(6, v=99),
        sighting(7, label="a\x00b"),
        sighting(8, box=[1, 2, 3]),
        Message(topic("photo", 9, file="../../etc/passwd"), b"\xff\xd8\xff\xd9"),
        Message(topic("photo", 10, file=name), b"\xff\xd8 no picture \xff\xd9"),
        Message(topic("photo", 11, file=name), b"GIF89a"),
        Message(topic("effort", 12), b"[]"),
        effort(13, seconds={"watched": 1e300}),
        Message("g1/record/nonsense", b"x"),
        Message("g1/health", b"not json"),
    ]
    outcome = keeper.store([*bad, sighting(1)])
    assert outcome.refused == len(bad) == rows(db, "SELECT count(*) FROM refused")[0][0]
    assert sorted(outcome.stored["g1", RECORD]) == list(range(1, 14)), "or it would be told for ever"
    assert rows(db, "SELECT revision FROM sightings") == [(1,)]
    assert files(tmp_path) == []


def test_one_garden_cannot_change_what_is_anothers(keeper: Keeper, db: psycopg.Connection, tmp_path: Path) -> None:
    keeper.store([sighting(1), photo(2, shade=60)])
    before = (tmp_path / f"photos/ab/{ID}-1.jpg").read_bytes()
    outcome = keeper.store([sighting(99, garden="g2", truth="bee"), photo(98, of=1, garden="g2", shade=120)])
    assert outcome.refused == 2
    assert rows(db, "SELECT garden, truth FROM sightings") == [("g1", "slug")]
    assert (tmp_path / f"photos/ab/{ID}-1.jpg").read_bytes() == before
    assert rows(db, "SELECT why FROM refused LIMIT 1") == [("that sighting is of g1",)]


def test_a_renamed_device_takes_what_it_told_along(keeper: Keeper, db: psycopg.Connection, tmp_path: Path) -> None:
    """The broker may still hold something under the old name."""
    keeper.store([sighting(1, closed=True), photo(2), effort(3)])
    keeper.store([sighting(1, record="1e" * 8, id="cd" * 16)])
    outcome = keeper.store([sighting(5, "east", RECORD, closed=True, truth="bee"), effort(6, "east", RECORD)])
    assert outcome.refused == 0
    keeper.store([sighting(4, truth="ant"), effort(3)])
    assert rows(db, f"SELECT garden, truth FROM sightings WHERE id = '{ID}'") == [("east", "bee")]
    assert rows(db, "SELECT garden FROM sightings WHERE id LIKE 'cd%'") == [("g1",)], "of another database"
    assert rows(db, "SELECT DISTINCT garden FROM photos") == [("east",)]
    keeper.store([sighting(7, "east", RECORD, photo_missing="deleted", truth="bee")])
    assert files(tmp_path) == []


def test_a_renamed_devices_effort_counts_once(keeper: Keeper, db: psycopg.Connection) -> None:
    keeper.store([effort(3)])
    keeper.store([effort(6, "east", RECORD, seconds={"watched": 800.0, "dark": 99.5})])
    outcome = keeper.store([effort(3)])
    assert outcome.stored == {("g1", RECORD): [3]}, "confirmed where it was told"
    assert rows(db, "SELECT garden, kind, seconds FROM effort ORDER BY kind") == [
        ("east", "dark", 99.5),
        ("east", "watched", 800.0),
    ]


def test_how_a_garden_is_is_known(keeper: Keeper, db: psycopg.Connection) -> None:
    keeper.store([Message("g1/availability", b"online"), Message("g1/health", b'{"well": false, "camera": "lost"}')])
    assert rows(db, "SELECT online, health->>'camera' FROM gardens") == [(True, "lost")]
    keeper.store([Message("g1/availability", b"offline")])
    assert rows(db, "SELECT online, health->>'camera' FROM gardens") == [(False, "lost")]


def test_files_that_a_kill_left_behind_go_at_the_next_start(
    keeper: Keeper, db: psycopg.Connection, tmp_path: Path
) -> None:
    keeper.store([photo(2)])
    db.execute("DELETE FROM photos")
    db.execute("INSERT INTO removals VALUES (%s)", (f"photos/ab/{ID}-1.jpg",))
    (tmp_path / "photos" / ".new" / "half.jpg").write_bytes(b"half")
    Keeper(db, PhotoFiles(tmp_path))
    assert files(tmp_path) == []
    assert rows(db, "SELECT count(*) FROM removals") == [(0,)]
