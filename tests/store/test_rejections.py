"""What became no sighting is kept as well as room allows, and never costs a sighting."""

from __future__ import annotations

import uuid
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.records import Box, Receipt, Rejection, Shot
from edge.store import rejections
from edge.store.reading import Sightings
from edge.store.store import Store
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, moment, picture, run, sighting, visit


def rejection(second: float, reason: str = "moves_like_a_plant") -> Rejection:
    receipt = Receipt(2, {"moth": 0.6}, "not counted", {"reach": 0.4})
    shot = Shot(picture(size=400), Box(10, 20, 30, 40), moment(second))
    return Rejection(uuid.uuid4().hex, moment(second), moment(second + 1), reason, "moth", shot, receipt, shot.box)


def kept(path: Path) -> list[str]:
    with Sightings(path) as record:
        return [f"{one.first_seen:%H:%M:%S} {one.reason}" for one in record.rejections()]


def test_comes_back_with_its_receipt_and_a_small_picture(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.reject([rejection(10)])
    with Sightings(folder.path) as record:
        [one] = record.rejections()
    assert (f"{one.first_seen:%H:%M:%S%z}", one.reason, one.label) == ("14:00:10+0800", "moves_like_a_plant", "moth")
    assert one.receipt.details == {"reach": 0.4}
    assert one.picture is not None
    image = cv2.imdecode(np.frombuffer(one.picture, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert max(image.shape) == rejections.LONGEST_PX


def test_a_gust_keeps_some_of_each_reason_and_the_next_hour_some_more(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejections, "PER_HOUR", 2)
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.reject([rejection(second) for second in range(5)] + [rejection(9, "too_small"), rejection(3700)])
    assert kept(folder.path) == [
        "15:01:40 moves_like_a_plant",
        "14:00:09 too_small",
        "14:00:01 moves_like_a_plant",
        "14:00:00 moves_like_a_plant",
    ]


def test_the_oldest_go_when_there_are_too_many(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejections, "MOST", 3)
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.reject([rejection(second) for second in range(5)])
    assert [line.split()[0] for line in kept(folder.path)] == ["14:00:04", "14:00:03", "14:00:02"]


def test_a_full_disk_drops_rejections_and_keeps_sightings(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        monkeypatch.setattr(store._writer.condition, "state", "disk_full")
        monkeypatch.setattr(store._writer.condition, "recover", lambda _touch: None)
        store.reject([rejection(10)])
        store.record(visit(sighting(20)))
        assert store.settle(60)
    assert kept(folder.path) == []
    assert folder.query("SELECT count(*) FROM sightings") == [(1,)]
