"""What the page asks of a record, of a garden's own and of the hub's: both answer alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.review.albums import AnyAlbum
from edge.store.album import Album
from edge.store.filter import Filter
from edge.store.outbox import Parcel
from edge.store.read_only import open_database
from edge.store.rows import Effort, add_effort
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from edge.telling import payloads
from tests.rigs.postgres import Postgres
from tests.store.visits import SETTINGS, START, moment, run, sighting, visit

SLUG, BEE, ODD, NONE, LATE = ("ab" * 16, "cd" * 16, "ef" * 16, "01" * 16, "23" * 16)
HOUR_S = 3600.0


def fill(data: Path) -> None:
    """Two slugs, a bee, something unknown that a person called a slug, and what proved to be no animal; two hours."""
    this = run()
    with Store.open(data, SETTINGS, this) as store:
        store.record(visit(sighting(10, "slug", "pest", 0.95, last=40, id=SLUG)))
        store.record(visit(sighting(20, "bee", "beneficial", 0.7, id=BEE)))
        store.record(visit(sighting(HOUR_S, "unknown", "neutral", 0.4, id=ODD)))
        store.record(visit(sighting(HOUR_S + 60, "background", "background", 0.9, id=NONE)))
        store.record(visit(sighting(30 * HOUR_S, "slug", "pest", 0.6, id=LATE))[1:])
    append_verdicts(data, [Verdict(ODD, "slug", "pest", "Ms Wang", START + timedelta(days=2))])
    with closing(connect(data / DATABASE)) as db:
        efforts = [Effort(900.0 * n, moment(900.0 * n).wall, "watched", 800.0) for n in range(8)]
        add_effort(db, this, [*efforts, Effort(7200.0, moment(7200).wall, "dark", 600.0)], moment(7200).wall)


def tell(data: Path, database: str, folder: Path) -> None:
    """The same record, told to a hub in the device's own words."""
    from edge.hub.keeper import Keeper, Message
    from edge.hub.photo_files import PhotoFiles
    from edge.hub.schema import connect as connect_hub
    from edge.hub.schema import migrate
    from tests.hub.tales import topic

    with closing(open_database(data)) as db, connect_hub(database) as hub:
        migrate(hub)
        refs = [("sighting", id) for (id,) in db.execute("SELECT id FROM sightings ORDER BY rowid")]
        slices = db.execute("SELECT DISTINCT run_id, slice_tick_s FROM effort")
        refs += [("effort", f"{one}:{tick}") for one, tick in slices]
        messages = [Message(topic(kind, n), _said(db, kind, ref)) for n, (kind, ref) in enumerate(refs)]
        for path in sorted((data / "photos").rglob("*-1.jpg")):
            messages.append(Message(topic("photo", len(messages), file=path.name), path.read_bytes()))
        assert Keeper(hub, PhotoFiles(folder)).store(messages).refused == 0


def _said(db: sqlite3.Connection, kind: str, ref: str) -> bytes:
    parcel = Parcel(1, "mqtt-hub", kind, ref, None, 0, "")  # type: ignore[arg-type]
    said = (payloads.sighting if kind == "sighting" else payloads.effort)(db, parcel, "g1")
    assert said is not None
    return payloads.as_json(said)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.system)])
def album(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyAlbum]:
    fill(tmp_path / "data")
    opened: AnyAlbum
    if request.param == "sqlite":
        opened = Album(tmp_path / "data")
    else:
        from edge.hub.album import HubAlbum

        database = request.getfixturevalue("postgres").database()
        tell(tmp_path / "data", database, tmp_path / "hub")
        opened = HubAlbum(database)
    with closing(opened):
        yield opened


def ids(album: AnyAlbum, **wanted: object) -> list[str]:
    return [row.id for row in album.page(Filter(**wanted), 10).rows]  # type: ignore[arg-type]


def test_animals_come_newest_first(album: AnyAlbum) -> None:
    assert ids(album) == [LATE, ODD, BEE, SLUG]


def test_a_page_says_where_the_next_one_begins(album: AnyAlbum) -> None:
    seen, after = [], None
    for _ in range(2):
        page = album.page(Filter(), 2, after)
        seen += [row.id for row in page.rows]
        after = page.next
    assert (seen, after) == ([LATE, ODD, BEE, SLUG], None)


def test_filters_ask_for_what_is_known_now(album: AnyAlbum) -> None:
    assert ids(album, label="slug") == [LATE, ODD, SLUG], "a person's word goes before the machine's"
    assert ids(album, label="unknown") == []
    assert ids(album, role="beneficial") == [BEE]
    assert ids(album, role="background") == [NONE]
    assert ids(album, min_confidence=0.7) == [BEE, SLUG]
    assert ids(album, max_confidence=0.6) == [ODD]
    assert ids(album, judged="yes") == ids(album, judged="differs") == [ODD]
    assert ids(album, judged="agrees") == []
    assert ids(album, judged="no") == [LATE, BEE, SLUG]
    assert ids(album, since=START + timedelta(hours=1), until=START + timedelta(hours=2)) == [ODD]


def test_neighbours_are_those_of_the_filter(album: AnyAlbum) -> None:
    assert album.beside(BEE, Filter()) == (ODD, SLUG)
    assert album.beside(ODD, Filter(label="slug")) == (LATE, SLUG)
    assert album.beside(LATE, Filter()) == (None, ODD)


def test_one_sighting_is_told_whole(album: AnyAlbum) -> None:
    slug, odd, late = album.one(SLUG), album.one(ODD), album.one(LATE)
    assert (slug.label, slug.role, slug.confidence, slug.closed, slug.clock) == ("slug", "pest", 0.95, True, "trusted")
    assert slug.first_seen.isoformat() == "2026-05-01T14:00:10+08:00"
    assert (slug.last_seen - slug.first_seen).total_seconds() == 30
    assert (slug.box.x, slug.box.y, slug.box.w, slug.box.h) == (100, 50, 40, 30)
    assert (slug.photo_size, slug.photo_missing) == ((48, 48), None)
    assert slug.photo == album.photo_of(SLUG) == f"photos/ab/{SLUG}-1.jpg"
    assert (odd.verdict, odd.truth, odd.truth_role, odd.judged_by) == ("slug", "slug", "pest", "Ms Wang")
    assert odd.judged_at == START + timedelta(days=2)
    assert (late.photo, late.photo_taken, late.photo_size) == (None, None, None)
    assert album.photo_of(LATE) is None


def test_votes_and_verdicts_are_told(album: AnyAlbum) -> None:
    assert album.receipt(SLUG).votes == pytest.approx({"slug": 0.95, "background": 0.05})
    assert [(one.label, one.judged_by) for one in album.verdicts(ODD)] == [("slug", "Ms Wang")]
    assert album.verdicts(SLUG) == []


def test_the_latest_word_counts_and_can_be_taken_back(album: AnyAlbum) -> None:
    at = datetime(2026, 5, 20, 8, 0, 0, 123_456, tzinfo=UTC)
    album.append([Verdict(id, "bee", "beneficial", "Li Hua", at) for id in (SLUG, ODD)])
    assert ids(album, label="bee") == [ODD, BEE, SLUG]
    assert album.one(SLUG).judged_by == "Li Hua"
    assert [one.label for one in album.verdicts(ODD)] == ["slug", "bee"]
    back = album.withdrawals(at, "Li Hua", "Li Hua", at + timedelta(seconds=5))
    assert sorted(one.sighting_id for one in back) == sorted((SLUG, ODD))
    album.append(back)
    assert ids(album, label="bee") == [BEE]
    slug, odd = album.one(SLUG), album.one(ODD)
    assert (slug.verdict, slug.truth, odd.verdict, odd.truth) == (None, "slug", "slug", "slug")
    assert [(one.label, one.withdraws is None) for one in album.verdicts(SLUG)] == [("bee", True), (None, False)]
    assert album.withdrawals(at, "Li Hua", "Mo", at + timedelta(seconds=9)) == [], "it no longer stands"


def test_what_is_taken_back_leaves_what_others_said_since(album: AnyAlbum) -> None:
    at = datetime(2026, 5, 20, 8, tzinfo=UTC)
    album.append([Verdict(id, "bee", "beneficial", "Li Hua", at) for id in (SLUG, LATE)])
    album.append([Verdict(SLUG, "ant", "neutral", "Mo", at + timedelta(seconds=1))])
    album.append(album.withdrawals(at, "Li Hua", "Li Hua", at + timedelta(seconds=5)))
    assert (album.one(SLUG).verdict, album.one(SLUG).judged_by, album.one(LATE).verdict) == ("ant", "Mo", None)


def test_a_verdict_that_comes_twice_is_kept_once(album: AnyAlbum) -> None:
    said = Verdict(SLUG, "bee", "beneficial", "Li Hua", datetime(2026, 5, 20, 8, tzinfo=UTC))
    album.append([said])
    album.append([said])
    assert len(album.verdicts(SLUG)) == 1


def test_ids_and_labels_are_known(album: AnyAlbum) -> None:
    assert album.known([SLUG, "77" * 16]) == {SLUG}
    assert album.labels_seen() == ["background", "bee", "slug"]


def test_a_days_classes_are_counted(album: AnyAlbum) -> None:
    found = album.tally(START, START + timedelta(hours=5))
    assert [(one.label, one.role, one.count) for one in found] == [("slug", "pest", 2), ("bee", "beneficial", 1)]


def test_charts_are_drawn_from_the_same_numbers(album: AnyAlbum) -> None:
    counts = album.counts(START, START + timedelta(days=2))
    found = [(one.label, one.role, one.count) for one in counts.labels]
    assert found == [("slug", "pest", 3), ("bee", "beneficial", 1)]
    assert {hour: slot.count for hour, slot in enumerate(counts.hours) if slot.count} == {14: 2, 15: 1, 20: 1}
    assert [(f"{day}", slot.count) for day, slot in counts.days.items()] == [
        ("2026-05-01", 3),
        ("2026-05-02", 1),
        ("2026-05-03", 0),
    ]
    assert counts.seconds == {"watched": 6400.0, "dark": 600.0}
    assert counts.hours[14].watched_s == 3200.0
    assert album.counts().visits == 4


def test_effort_is_of_the_quarters_that_touch_a_span(album: AnyAlbum) -> None:
    assert album.effort(START, START + timedelta(minutes=30)) == {"watched": 1600.0}
    assert album.effort(START + timedelta(hours=2), START + timedelta(hours=3)) == {"dark": 600.0}


def test_times_are_the_gardens(album: AnyAlbum) -> None:
    assert album.at_site(datetime(2026, 5, 1, 6, tzinfo=UTC)).isoformat() == "2026-05-01T14:00:00+08:00"
    assert album.newest_at() == (START + timedelta(hours=30)).timestamp()


def test_a_garden_says_what_it_last_saw(album: AnyAlbum) -> None:
    (one,) = album.gardens()
    assert (one.last_id, one.visits, one.watched_s) == (LATE, 0, 0.0)
    assert one.last_seen is not None
    assert one.last_seen.isoformat() == "2026-05-02T20:00:00+08:00"
