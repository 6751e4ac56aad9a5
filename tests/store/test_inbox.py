"""A slow disk costs pictures, never an opening or a closing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.records import Change
from edge.store import durable, photos
from edge.store import inbox as inbox_module
from edge.store.inbox import Inbox
from edge.store.store import Store
from tests.programs import SLOW_S, here
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, change, run, sighting, visit


def taken(inbox: Inbox) -> list[inbox_module.Entry]:
    entries = []
    while (entry := inbox.take(0)) is not None:
        entries.append(entry)
        inbox.done()
    return entries


def test_changes_of_one_sighting_wait_as_one() -> None:
    inbox, slug = Inbox(4), sighting()
    inbox.put([change("opened", slug, 10), change("improved", slug, 20), change("closed", slug)])
    (entry,) = taken(inbox)
    assert (entry.opens, entry.closes) == (True, True)
    assert entry.shot is not None
    assert entry.shot.image[-1, -1, 0] == 20


def test_a_picture_that_is_withheld_is_never_written() -> None:
    inbox, slug = Inbox(4), sighting()
    inbox.put([change("opened", slug, 10), Change("improved", slug, withheld=True), change("closed", slug)])
    (entry,) = taken(inbox)
    assert (entry.shot, entry.withheld, entry.shot_lost) == (None, True, False)


def test_a_picture_taken_after_one_was_withheld_may_be_kept() -> None:
    inbox, slug = Inbox(4), sighting()
    inbox.put([Change("opened", slug, withheld=True), change("improved", slug, 20)])
    (entry,) = taken(inbox)
    assert entry.shot is not None
    assert not entry.withheld


def test_better_pictures_go_before_the_pictures_of_openings() -> None:
    inbox, known, fresh = Inbox(4), sighting(), [sighting(second=n) for n in range(4)]
    inbox.put([change("improved", known, 200)])
    inbox.put([change("opened", one, 50) for one in fresh])
    entries = {entry.sighting.id: entry for entry in taken(inbox)}
    assert entries[known.id].shot is None
    assert entries[known.id].shot_lost
    assert all(entries[one.id].shot is not None for one in fresh)


def test_pictures_are_bounded_in_bytes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "MOST_PICTURE_BYTES", 3 * 48 * 48 * 3)
    inbox = Inbox(100)
    inbox.put([change("opened", sighting(second=n), 50) for n in range(10)])
    entries = taken(inbox)
    assert len(entries) == 10
    assert sum(entry.shot is not None for entry in entries) == 3


def test_what_is_given_back_comes_first_with_what_came_meanwhile() -> None:
    inbox, first, second = Inbox(4), sighting(), sighting()
    inbox.put([change("opened", first, 10), change("opened", second, 10)])
    entry = inbox.take(0)
    assert entry is not None
    inbox.put([change("closed", first)])
    inbox.give_back(entry)
    entries = taken(inbox)
    assert [e.sighting.id for e in entries] == [first.id, second.id]
    assert (entries[0].opens, entries[0].closes) == (True, True)
    assert entries[0].shot is not None


def test_a_disk_dead_for_days_loses_the_oldest_and_counts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "MOST_ROWS", 5)
    inbox, all_of_them = Inbox(4), [sighting(second=n) for n in range(8)]
    inbox.put([change("opened", one) for one in all_of_them])
    assert inbox.lost == 3
    assert [entry.sighting.id for entry in taken(inbox)] == [one.id for one in all_of_them[3:]]


@pytest.fixture
def stuck_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A disk that takes no photo until the event is set."""
    goes_on = threading.Event()
    write = durable.write_durably

    def wait_and_write(final: Path, *rest: Any) -> None:
        assert goes_on.wait(SLOW_S)
        write(final, *rest)

    monkeypatch.setattr(photos, "write_durably", wait_and_write)
    yield goes_on
    goes_on.set()


def test_recording_never_waits_for_a_stuck_disk(folder: Folder, stuck_disk: threading.Event) -> None:
    settings = SETTINGS.model_copy(update={"queue": 4})
    visits = [sighting(second=n) for n in range(60)]
    took = []
    with Store.open(folder.path, settings, run()) as store:
        for one in visits:
            before = time.perf_counter()
            store.record([change("opened", one, 90), change("improved", one, 120)])
            store.record([change("closed", one)])
            took.append(time.perf_counter() - before)
        assert store.health().queued >= 59
        stuck_disk.set()
        assert store.settle(60)
    assert max(took) < here(0.1)  # one turn of a loop at ten frames per second
    rows = folder.query("SELECT id, closed, close_reason FROM sightings")
    assert sorted(rows) == sorted((one.id, 1, "left") for one in visits)
    kept = len(folder.photos())
    assert 4 <= kept <= 6
    assert folder.query("SELECT count(*) FROM photos WHERE missing = 'disk_slow'") == [(60 - kept,)]
    folder.assert_sound()


def test_closing_does_not_wait_for_a_stuck_disk_for_ever(folder: Folder, stuck_disk: threading.Event) -> None:
    store = Store.open(folder.path, SETTINGS, run())
    store.record(visit(sighting()))
    assert not store.close(timeout_s=0.2)
    stuck_disk.set()
    assert store.close(timeout_s=SLOW_S)
