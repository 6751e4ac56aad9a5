"""Looking through sightings page by page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge.store.album import Album, Tally
from edge.store.filter import Filter
from edge.store.search import Mark
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, START, run, sighting, visit


@pytest.fixture
def season(folder: Folder) -> Folder:
    """Twenty sightings, two at a time at the same second: slugs by tens of seconds, bees between."""
    with Store.open(folder.path, SETTINGS, run()) as store:
        for n in range(20):
            label, role = ("slug", "pest") if n % 2 else ("bee", "beneficial")
            store.record(visit(sighting(n // 2, label, role, 0.5 + n / 50, id=f"{n:032x}")))  # type: ignore[arg-type]
    return folder


def judge(folder: Folder, number: int, label: str, role: str) -> None:
    append_verdicts(folder.path, [Verdict(f"{number:032x}", label, role, "Li Hua", datetime.now(UTC))])


def pages(folder: Folder, size: int, **wanted: Any) -> list[list[int]]:
    """All pages, as the numbers of their sightings."""
    found: list[list[int]] = []
    after: Mark | None = None
    with Album(folder.path) as album:
        while True:
            page = album.page(Filter(**wanted), size, after)
            found.append([int(row.id, 16) for row in page.rows])
            if page.next is None:
                return found
            after = Mark.parse(str(page.next))


def test_pages_hold_every_sighting_once_newest_first_also_where_two_begin_together(season: Folder) -> None:
    assert pages(season, 7) == [[19, 18, 17, 16, 15, 14, 13], [12, 11, 10, 9, 8, 7, 6], [5, 4, 3, 2, 1, 0]]


def test_a_last_page_that_is_full_has_no_next(season: Folder) -> None:
    assert [len(page) for page in pages(season, 10)] == [10, 10]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"label": "slug"}, [19, 17, 15, 13, 11, 9, 7, 5, 3]),
        ({"role": "beneficial", "min_confidence": 0.75}, [18, 16, 14]),
        ({"max_confidence": 0.53}, [1, 0]),
        ({"judged": "yes"}, [4, 3, 1]),
        ({"judged": "agrees"}, [4, 3]),
        ({"judged": "differs"}, [1]),
        ({"judged": "no", "until": START + timedelta(seconds=2)}, [0]),
        ({"judged": "agrees", "label": "slug"}, [3]),
        ({"role": "background"}, [2]),
        ({"label": "nobody"}, []),
    ],
)
def test_only_what_is_wanted(season: Folder, wanted: dict[str, Any], expected: list[int]) -> None:
    judge(season, 1, "ant", "neutral")
    judge(season, 2, "background", "background")
    judge(season, 3, "slug", "pest")
    judge(season, 4, "bee", "beneficial")
    assert [number for page in pages(season, 4, **wanted) for number in page] == expected


def test_a_search_that_takes_too_long_says_how_far_it_has_looked_and_goes_on_from_there(season: Folder) -> None:
    season.execute(
        "WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 1000)"
        " INSERT INTO sightings (id, run_id, first_seen, first_tick_s, last_seen, last_tick_s, decided, decided_tick_s,"
        " label, role, confidence, box_x, box_y, box_w, box_h, box_seen, box_tick_s, receipt, closed, close_reason,"
        " first_at) SELECT printf('%032x', 1000 + value), run_id, first_seen, first_tick_s, last_seen, last_tick_s,"
        " decided, decided_tick_s, 'ant', 'neutral', 0.4, box_x, box_y, box_w, box_h, box_seen, box_tick_s, receipt,"
        " 1, 'left', first_at + 100 + value FROM sightings, n WHERE id = ?",
        f"{0:032x}",
    )
    with Album(season.path, search_s=0.0) as album:
        first = album.page(Filter(min_confidence=0.86), 5)
        assert first.rows == []
        assert first.searched_to is not None
        assert first.searched_to > START + timedelta(seconds=100)
        page, turns = first, 0
        while page.next is not None and not page.rows:
            page, turns = album.page(Filter(min_confidence=0.86), 5, page.next), turns + 1
    assert [int(row.id, 16) for row in page.rows] == [19, 18]
    assert turns == 3, "each search went on where the last one stopped"


def test_the_neighbours_of_a_sighting_follow_the_filter(season: Folder) -> None:
    with Album(season.path) as album:
        assert album.beside(f"{5:032x}", Filter(label="slug")) == (f"{7:032x}", f"{3:032x}")
        assert album.beside(f"{19:032x}", Filter()) == (None, f"{18:032x}")


def test_a_tally_counts_the_animals_of_a_span_by_what_they_are_now(season: Folder) -> None:
    judge(season, 1, "ant", "neutral")
    judge(season, 0, "background", "background")
    with Album(season.path) as album:
        assert album.tally(START, START + timedelta(seconds=3)) == [
            Tally("bee", "beneficial", 2),
            Tally("slug", "pest", 2),
            Tally("ant", "neutral", 1),
        ]
        assert album.labels_seen() == ["ant", "background", "bee", "slug"]


@pytest.mark.parametrize("text", ["", "x_1", "1", "1_", "nan_1", "inf_2", "1e400_1", "1_-1", f"1_{10**30}"])
def test_what_is_no_mark_is_none(text: str) -> None:
    assert Mark.parse(text) is None
