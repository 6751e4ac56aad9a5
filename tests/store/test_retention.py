"""Room is made in an order that can be told, and never at the cost of what a person judged."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from edge.records import Sighting
from edge.settings import RetentionSettings, StoreSettings
from edge.store import retention as module
from edge.store.expiry import all_candidates
from edge.store.retention import Retention, room_kept_bytes
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from tests.bench.season import fill
from tests.store.conftest import Folder
from tests.store.test_crash import wait_until
from tests.store.visits import SETTINGS, START, change, moment, run, sighting, visit

DAY_S = 86400
BOUND_MB = 100


class Usage(NamedTuple):
    """As shutil.disk_usage gives it."""

    total: int
    used: int
    free: int


@pytest.fixture
def room(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes the disk one that has its bound free when there are so many photos, and no more."""

    def set_room(photos: int) -> None:
        def usage(path: Path) -> Usage:
            free = BOUND_MB * 1024 * 1024 + (photos - len(folder.photos()))
            return Usage(10_000 * 1024 * 1024, 0, free)

        monkeypatch.setattr(shutil, "disk_usage", usage)

    return set_room


def keep(folder: Folder, *sightings: Sighting) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        for one in sightings:
            store.record(visit(one))
            assert store.settle(60)


def ants(number: int, day: int = 0) -> list[Sighting]:
    return [sighting(day * DAY_S + 10 * n, "ant", "neutral") for n in range(number)]


def swept(folder: Folder, settings: RetentionSettings | None = None, days_later: float | None = None) -> Retention:
    """Steps until there is no more to do."""
    keeper = Retention(folder.path, settings or RetentionSettings(free_mb=BOUND_MB))
    now = None if days_later is None else moment(days_later * DAY_S).wall
    with closing(connect(folder.path / DATABASE)) as db:
        while keeper.step(db, now):
            pass
    return keeper


def with_photo(folder: Folder) -> list[str]:
    """Ids in the order of their visits."""
    rows = folder.query(
        "SELECT s.id FROM sightings s JOIN photos p ON p.sighting_id = s.id WHERE path IS NOT NULL ORDER BY first_at"
    )
    return [id for (id,) in rows]


def test_while_there_is_room_nothing_goes(folder: Folder, room: Callable[[int], None]) -> None:
    keep(folder, *ants(3))
    room(3)
    swept(folder)
    assert len(with_photo(folder)) == 3


def test_no_more_goes_than_is_needed_and_the_rows_stay(folder: Folder, room: Callable[[int], None]) -> None:
    seen = ants(40)
    keep(folder, *seen)
    room(36)
    swept(folder)
    assert len(with_photo(folder)) in range(36 - module.BATCH, 37)
    assert folder.query("SELECT count(*) FROM sightings") == [(40,)]
    assert folder.query("SELECT DISTINCT missing FROM photos") == [(None,), ("expired",)]
    folder.assert_sound()


def test_no_animals_go_first_then_the_oldest_and_the_first_of_a_day_last(
    folder: Folder, room: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 1)
    """Until twenty ants are left, which are rare then."""
    monday, tuesday = ants(15), ants(15, day=1)
    leaf = sighting(2 * DAY_S, "background", "background")
    keep(folder, *monday, *tuesday, leaf)
    in_order = [leaf, *monday[1:11], *monday[:1], *monday[11:], *tuesday]
    for left in range(30, -1, -1):
        room(left)
        swept(folder)
        assert set(with_photo(folder)) == {one.id for one in in_order[31 - left :]}


def test_a_batch_does_not_take_more_than_its_turn(folder: Folder, room: Callable[[int], None]) -> None:
    """All of them were common when they were chosen; the last twenty are not."""
    keep(folder, *ants(24))
    room(21)
    swept(folder)
    assert len(with_photo(folder)) == 20


def test_what_is_rare_goes_after_what_is_common(folder: Folder, room: Callable[[int], None]) -> None:
    earwigs = [sighting(n, "earwig", "neutral") for n in range(3)]
    common = ants(40)
    keep(folder, *earwigs, *common)
    room(24)
    swept(folder)
    assert {one.id for one in earwigs} <= set(with_photo(folder))
    assert len(with_photo(folder)) <= 24


def test_what_a_person_judged_never_goes_not_even_after_they_took_it_back(
    folder: Folder, room: Callable[[int], None]
) -> None:
    seen = ants(6)
    keep(folder, *seen)
    said = [
        Verdict(seen[0].id, "bee", "beneficial", "Li Hua", START),
        Verdict(seen[1].id, "ant", "neutral", "Mo", START),
    ]
    append_verdicts(folder.path, [*said, Verdict(seen[1].id, None, None, "Mo", START)])
    room(0)
    keeper = swept(folder, RetentionSettings(free_mb=BOUND_MB, max_age_days=1), days_later=99)
    assert with_photo(folder) == [seen[0].id, seen[1].id]
    assert keeper.missing == "disk_full"


def test_what_is_too_old_goes_and_nothing_else(folder: Folder) -> None:
    old, young = ants(3), ants(2, day=5)
    keep(folder, *old, *young)
    swept(folder, RetentionSettings(free_mb=0, max_age_days=3), days_later=6)
    assert with_photo(folder) == [one.id for one in young]


def test_a_clock_that_is_not_trusted_makes_nothing_old(folder: Folder) -> None:
    keep(folder, *ants(3))
    swept(folder, RetentionSettings(free_mb=0, max_age_days=1), days_later=None)
    assert len(with_photo(folder)) == 3


@pytest.mark.parametrize("foreign", ["folder", "gone", "elsewhere"])
def test_a_bad_entry_stops_nothing(folder: Folder, room: Callable[[int], None], foreign: str) -> None:
    seen = ants(4)
    keep(folder, *seen)
    (path,) = folder.query("SELECT path FROM photos WHERE sighting_id = ?", seen[0].id)[0]
    bystander = folder.path / "verdicts.jsonl"
    bystander.write_text("precious")
    (folder.path / path).unlink()
    if foreign == "folder":
        (folder.path / path / "in it").mkdir(parents=True)
    if foreign == "elsewhere":
        folder.execute("UPDATE photos SET path = 'verdicts.jsonl' WHERE sighting_id = ?", seen[0].id)
    room(-9)
    swept(folder)
    assert with_photo(folder) == []
    assert bystander.read_text() == "precious"


def test_each_step_is_small(folder: Folder, room: Callable[[int], None]) -> None:
    keep(folder, *ants(30))
    room(0)
    keeper = Retention(folder.path, RetentionSettings(free_mb=BOUND_MB))
    with closing(connect(folder.path / DATABASE)) as db:
        before, most = len(with_photo(folder)), 0
        while keeper.step(db, None):
            left = len(with_photo(folder))
            most, before = max(most, before - left), left
    assert 0 < most <= module.BATCH


def test_on_a_small_card_a_tenth_is_kept_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(2_000_000, 0, 9))
    assert room_kept_bytes(tmp_path, RetentionSettings(free_mb=500)) == 200_000


def test_a_disk_that_says_full_but_shows_room_gets_some_back_at_a_time(
    folder: Folder, room: Callable[[int], None]
) -> None:
    """A quota, or no inodes left."""
    keep(folder, *ants(30))
    room(1000)
    keeper = Retention(folder.path, RetentionSettings(free_mb=BOUND_MB))
    with closing(connect(folder.path / DATABASE)) as db:
        while keeper.step(db, None, disk_full=True):
            pass
    assert len(with_photo(folder)) == 30 - module.BATCH


def test_the_preview_names_what_goes_in_the_order_in_which_it_goes(folder: Folder) -> None:
    seen = ants(30)
    keep(folder, *seen, sighting(900, "background", "background"))
    with closing(connect(folder.path / DATABASE)) as db:
        turns = [(one.label, one.turn) for one in all_candidates(db)]
    assert turns[0] == ("ant", "treasured")
    assert turns[1:30] == [("ant", "ordinary")] * 29
    assert turns[30] == ("background", "background")


def test_a_watcher_makes_room_by_itself_and_goes_on_counting_when_only_judged_photos_are_left(
    folder: Folder, room: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_S", 0.01)
    settings = StoreSettings(reserve_mb=0, retention=RetentionSettings(free_mb=BOUND_MB))
    seen = ants(4)
    keep(folder, *seen)
    append_verdicts(folder.path, [Verdict(seen[3].id, "bee", "beneficial", "Li Hua", START)])
    room(0)
    with Store.open(folder.path, settings, run()) as store:
        wait_until(lambda: with_photo(folder) == [seen[3].id])
        late = sighting(DAY_S, "bee", "beneficial")
        wait_until(lambda: store.health().photos_stopped)
        store.record(visit(late))
        assert store.settle(60)
        assert folder.query("SELECT missing FROM photos WHERE sighting_id = ?", late.id) == [("disk_full",)]
        room(10)
        wait_until(lambda: not store.health().photos_stopped)
        later = sighting(DAY_S + 60, "bee", "beneficial")
        store.record([change("opened", later, 40), change("closed", later)])
    assert with_photo(folder) == [seen[3].id, later.id]


def test_a_power_cut_between_row_and_file_leaves_no_orphan_after_the_next_start(
    folder: Folder, room: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(folder, *ants(30))
    room(26)
    with monkeypatch.context() as cut:
        cut.setattr("edge.store.durable.remove", lambda path: None)
        swept(folder)
        assert len(folder.photos()) == 30
        assert len(with_photo(folder)) < 30
    folder.execute("UPDATE runs SET end_reason = NULL")
    with Store.open(folder.path, SETTINGS, run()):
        wait_until(lambda: folder.photos() == folder.named_photos())
    folder.assert_sound()


def test_a_sighting_does_not_wait_for_the_room_that_is_made(folder: Folder, room: Callable[[int], None]) -> None:
    folder.path.mkdir()
    fill(folder.path, 3000, 30)
    room(0)
    settings = StoreSettings(reserve_mb=0, retention=RetentionSettings(free_mb=BOUND_MB))
    with Store.open(folder.path, settings, run()) as store:
        wait_until(lambda: folder.query("SELECT count(*) FROM photos WHERE missing = 'expired'")[0][0] > 0)
        for second in range(20):
            store.record(visit(sighting(40 * DAY_S + second)))
            assert store.settle(60)
        assert folder.query("SELECT count(*) FROM photos WHERE path IS NOT NULL")[0][0] > 1000, "there is more to do"
