"""What a person should look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from edge.model.labels import Role
from edge.records import Receipt
from edge.store.album import Album
from edge.store.calls import Call, Calls, calls
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, change, run, sighting, visit


def seen(folder: Folder, *seen: tuple[str, Role, dict[str, float]]) -> None:
    """Sightings 0, 1, 2 … with these labels and votes."""
    with Store.open(folder.path, SETTINGS, run()) as store:
        for n, (label, role, votes) in enumerate(seen):
            one = sighting(n, label, role, id=f"{n:032x}")
            store.record(visit(replace(one, receipt=Receipt(3, votes, "", {}))))


def asked(folder: Folder, skipped: tuple[str, ...] = (), most: int = 10) -> Calls:
    with Album(folder.path) as album:
        labels = album.labels_seen()
        return album.ask(lambda db: calls(db, labels, skipped, most))


def numbers(found: Calls) -> list[tuple[int, str]]:
    return [(int(call.id, 16), call.why) for call in found.next]


SURE, CLOSE = {"slug": 0.9, "bee": 0.1}, {"slug": 0.45, "bee": 0.4}


@pytest.fixture
def garden(folder: Folder) -> Folder:
    seen(
        folder,
        ("slug", "pest", SURE),
        ("slug", "pest", SURE),
        ("slug", "pest", CLOSE),
        ("bee", "beneficial", CLOSE),
        ("unknown", "neutral", {}),
        ("background", "background", CLOSE),
    )
    return folder


def test_the_first_of_a_class_then_what_is_doubtful_newest_first(garden: Folder) -> None:
    found = asked(garden)
    assert numbers(found) == [(0, "first"), (4, "unknown"), (3, "close"), (2, "close")]
    assert found.left == 4


def test_what_was_judged_is_asked_no_more_whatever_was_said(garden: Folder) -> None:
    now = datetime.now(UTC)
    append_verdicts(
        garden.path,
        [
            Verdict(f"{n:032x}", label, role, "Li", now)
            for n, label, role in [(0, "slug", "pest"), (4, "bee", "beneficial")]
        ],
    )
    assert numbers(asked(garden)) == [(3, "close"), (2, "close")]


def test_a_first_that_was_called_something_else_makes_the_next_one_the_first(garden: Folder) -> None:
    append_verdicts(garden.path, [Verdict(f"{0:032x}", "bee", "beneficial", "Li", datetime.now(UTC))])
    assert numbers(asked(garden))[0] == (1, "first")


def test_what_was_skipped_comes_later(garden: Folder) -> None:
    found = asked(garden, skipped=(f"{0:032x}"[:32], f"{4:032x}"))
    assert numbers(found) == [(3, "close"), (2, "close")]
    assert found.left == 4, "it is still to be done"


def test_an_animal_that_is_still_there_is_not_asked_yet(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([change("opened", sighting(0, "unknown", "neutral"), 90)])
        assert store.settle(60)
        assert asked(folder) == Calls([], 0)
    assert [call.why for call in asked(folder).next] == ["unknown"]


def test_no_more_than_wanted(garden: Folder) -> None:
    found = asked(garden, most=1)
    assert found == Calls([Call(f"{0:032x}", "first")], 4)
