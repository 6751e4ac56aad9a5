"""Masks are drawn on the page, and the watcher takes them up."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
import yaml

from edge.masks import LOOK_S, MaskFile
from tests.review.web.conftest import Browser
from tests.store.conftest import Folder

ROAD = {"name": "Straße 路", "kind": "ignore", "polygon": [[0, 0], [0.5, 0], [0.5, 0.25]]}


@pytest.fixture
def file(record: Folder) -> Path:
    return record.path.parent / "masks.yaml"


def save(browser: Browser, masks: object, version: str | None = None) -> int:
    page = browser.get("/masks").text
    found = re.search(r'name="version" value="(\w+)"', page)
    assert found
    text = masks if isinstance(masks, str) else json.dumps(masks)
    return browser.post("/masks", masks=text, version=version or found[1]).status_code


def shown(browser: Browser) -> object:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", browser.get("/masks").text, re.S)
    assert found
    return json.loads(unescape(found[1]))


def test_what_is_drawn_is_kept_and_taken_up_by_the_watcher_without_a_restart(browser: Browser, file: Path) -> None:
    watched = MaskFile(file)
    assert watched.at(0).masks == ()
    assert save(browser, [ROAD]) == 200
    (mask,) = watched.at(LOOK_S).masks
    assert (mask.name, mask.kind, mask.polygon) == ("Straße 路", "ignore", ((0, 0), (0.5, 0), (0.5, 0.25)))
    assert shown(browser) == [ROAD]


def test_all_masks_can_be_removed(browser: Browser, file: Path) -> None:
    save(browser, [ROAD])
    assert save(browser, []) == 200
    assert MaskFile(file).read().masks == ()


def test_what_a_person_wrote_by_hand_is_shown_and_kept_beside(browser: Browser, file: Path) -> None:
    by_hand = "# the road\nmasks:\n  - {name: road, kind: only, polygon: [[0, 0], [1, 0], [1, 1]]}\n"
    file.write_text(by_hand)
    assert shown(browser) == [{"name": "road", "kind": "only", "polygon": [[0, 0], [1, 0], [1, 1]]}]
    save(browser, [ROAD])
    assert file.with_name("masks.yaml.bak").read_text() == by_hand


def test_a_change_that_somebody_else_made_meanwhile_is_not_lost(browser: Browser, file: Path) -> None:
    file.write_text("masks: []\n")
    assert save(browser, [ROAD], version="0" * 16) == 400
    assert file.read_text() == "masks: []\n"


def test_a_file_with_a_fault_is_told(browser: Browser, file: Path) -> None:
    file.write_text("masks:\n  - {kind: sometimes, polygon: [[0, 0], [1, 0], [1, 1]]}\n")
    page = browser.get("/masks").text
    assert "masks.yaml:2" in page


@pytest.mark.parametrize(
    "masks",
    [
        "no json",
        "{}",
        "[[]]",
        "null",
        "[" * 50_000,
        [{}],
        [ROAD | {"kind": "other"}],
        [ROAD | {"polygon": [[0, 0], [1, 0]]}],
        [ROAD | {"polygon": [[0, 0], [1, 0], [1, 2]]}],
        [ROAD | {"polygon": [[0, 0], [1, 0], [1, "NaN"]]}],
        [ROAD | {"polygon": [[0, 0], [1, 0], [1, 1, 1]]}],
        [ROAD | {"more": 1}],
        [ROAD] * 51,
        [ROAD | {"polygon": [[0, 0]] * 201}],
    ],
)
def test_what_are_no_masks_is_refused_and_the_file_stays(browser: Browser, file: Path, masks: object) -> None:
    assert save(browser, masks) == 400
    assert not file.exists()


def test_a_name_cannot_bring_other_yaml_into_the_file(browser: Browser, file: Path) -> None:
    save(browser, [ROAD | {"name": "x'}\n- !!python/object {a: *b}"}])
    assert len(yaml.safe_load(file.read_text("utf-8"))["masks"]) == 1


def test_viewers_draw_nothing(guarded: Browser) -> None:
    guarded.log_in("viewer")
    assert guarded.get("/masks").status_code == 403
    assert guarded.post("/masks", masks="[]", version="none").status_code == 403
