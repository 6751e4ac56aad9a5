"""What the watcher tells is on the disk: rows, photos, effort."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge.records import Box, Change, Shot
from edge.store.reading import Sightings
from edge.store.store import Store
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, change, moment, run, sighting, visit


def shade_of(path: Path) -> int:
    """The grey of the photo's lower right part."""
    with Image.open(path) as image:
        return int(np.asarray(image.convert("L"))[-8:, -8:].mean().round())


def test_writes_the_row_at_the_opening(folder: Folder) -> None:
    slug = sighting(second=10, confidence=0.75)
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([change("opened", slug, shade=90)])
        assert store.settle(60)
        rows = folder.query("SELECT id, first_seen, first_tick_s, first_s, label, confidence, closed FROM sightings")
    assert rows == [(slug.id, "2026-05-01T06:00:10.000+00:00", 1010.0, None, "slug", 0.75, 0)]


def test_completes_the_row_at_the_close(folder: Folder) -> None:
    slug = sighting(second=10, last=11)
    later = replace(slug, last_seen=moment(42), label="snail", confidence=0.9)
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([change("opened", slug, shade=90)])
        assert store.settle(60)
        store.record([change("closed", later)])
    row = folder.query("SELECT last_seen, label, confidence, closed, close_reason FROM sightings")
    assert row == [("2026-05-01T06:00:42.000+00:00", "snail", 0.9, 1, "left")]


def test_keeps_the_receipt_and_all_clocks_of_a_file_source(folder: Folder) -> None:
    slug = sighting(second=10, last=14, source="file")
    with Store.open(folder.path, SETTINGS, run(clock="file", source="clip.mp4")) as store:
        store.record(visit(slug))
    ((receipt, first, last, decided, box),) = folder.query(
        "SELECT receipt, first_s, last_s, decided_s, box_s FROM sightings"
    )
    assert json.loads(receipt)["reason"] == "three looks agreed"
    assert (first, last, decided, box) == (10.0, 14.0, 10.5, 10.5)


def test_a_photo_that_is_withheld_goes_and_the_row_says_so(folder: Folder) -> None:
    slug = sighting()
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([change("opened", slug, shade=90)])
        assert store.settle(60)
        assert len(folder.photos()) == 1
        store.record([Change("improved", slug, withheld=True)])
        assert store.settle(60)
        assert folder.query("SELECT path, missing FROM photos") == [(None, "withheld")]
        assert folder.photos() == set()
        store.record([change("improved", slug, shade=40)])
    folder.assert_sound()
    assert len(folder.photos()) == 1


def test_a_visit_without_a_photo_tells_where_it_was_at_its_own_time(folder: Folder) -> None:
    """Not where it was when the picture was withheld."""
    bee = sighting(second=10, source="file")
    later = replace(bee, box=Box(300, 200, 44, 33), box_moment=moment(27, "file"))
    with Store.open(folder.path, SETTINGS, run(clock="file")) as store:
        store.record([Change("opened", bee, withheld=True)])
        assert store.settle(60)
        store.record([Change("closed", later)])
    with Sightings(folder.path) as seen:
        (row,) = seen.rows()
    assert (row.photo_missing, row.box, row.box_s) == ("withheld", Box(300, 200, 44, 33), 27.0)


def test_keeps_what_holds_for_the_whole_run(folder: Folder) -> None:
    garden = run(clock="untrusted")
    Store.open(folder.path, SETTINGS, garden).close()
    rows = folder.query("SELECT id, source, model_id, config_digest, boot_id, clock, timezone, software FROM runs")
    assert rows == [(garden.id, "garden", "tiny-1", "cafe", "boot-1", "untrusted", "Asia/Shanghai", "gardenwatch test")]


def test_row_and_photo_agree_on_size_and_digest(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting()))
    ((path, digest, width, height, size),) = folder.query("SELECT path, sha256, width, height, bytes FROM photos")
    content = (folder.path / path).read_bytes()
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (digest, size)
    with Image.open(folder.path / path) as image:
        assert image.size == (width, height) == (48, 48)


def test_a_photo_s_name_says_nothing_that_may_be_corrected(folder: Folder) -> None:
    slug = sighting()
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(slug))
    assert folder.photos() == {f"photos/{slug.id[:2]}/{slug.id}-1.jpg"}


def test_a_better_photo_takes_the_place_of_the_earlier_one(folder: Folder) -> None:
    slug = sighting()
    with Store.open(folder.path, SETTINGS, run()) as store:
        for kind, shade in (("opened", 40), ("improved", 120), ("improved", 200)):
            store.record([change(kind, slug, shade)])  # type: ignore[arg-type]
            assert store.settle(60)
            folder.assert_sound()
    (path,) = folder.named_photos()
    assert path.endswith("-3.jpg")
    assert shade_of(folder.path / path) == pytest.approx(200, abs=3)


def test_a_closing_without_a_picture_keeps_the_photo(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        slug = sighting()
        store.record([change("opened", slug, shade=60)])
        assert store.settle(60)
        store.record([change("closed", slug)])
    folder.assert_sound()
    assert len(folder.photos()) == 1


def test_a_crop_that_is_a_view_does_not_hold_its_frame(folder: Folder) -> None:
    frame = np.zeros((720, 1280, 3), np.uint8)
    slug = sighting()
    shot = Shot(frame[100:148, 200:248], slug.box, slug.box_moment)
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([replace(change("opened", slug), shot=shot)])
        frame[:] = 255  # the camera reuses its buffer
    (path,) = folder.named_photos()
    assert shade_of(folder.path / path) < 5


def test_a_picture_without_pixels_costs_only_the_photo(folder: Folder) -> None:
    slug = sighting()
    empty = Shot(np.zeros((0, 0, 3), np.uint8), slug.box, slug.box_moment)
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([replace(change("opened", slug), shot=empty)])
        assert store.settle(60)
        assert (store.health().rows, store.health().lost) == (1, 0)
    assert folder.query("SELECT path, missing FROM photos") == [(None, "broken")]


def test_an_entry_that_no_database_takes_does_not_end_the_record(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = sighting()
    wrong.receipt.details["thread"] = threading.Lock()  # no JSON for that
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([change("opened", wrong), *visit(sighting(second=20))])
        assert store.settle(60)
        assert (store.health().rows, store.health().lost) == (1, 1)
    assert wrong.id in caplog.text


def test_closes_what_is_still_open_when_the_watching_ends(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([change("opened", sighting(), shade=50)])
    assert folder.query("SELECT closed, close_reason FROM sightings") == [(1, "stop")]
    assert folder.query("SELECT end_reason FROM runs") == [("stop",)]


def test_adds_up_watched_and_blind_seconds_per_quarter_of_an_hour(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        for second in range(100):
            store.effort(moment(second), 1.0)
        store.effort(moment(100), 5.0, blind="camera_lost")
        store.effort(moment(1000), 2.5)
    rows = folder.query("SELECT slice_tick_s, kind, seconds FROM effort ORDER BY slice_tick_s, kind")
    assert rows == [(900, "camera_lost", 5.0), (900, "watched", 100.0), (1800, "watched", 2.5)]
    assert folder.query("SELECT last_alive FROM runs") == [("2026-05-01T06:16:40.000+00:00",)]


def test_health_counts_durable_sightings(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting(second=10)) + visit(sighting(second=20, last=25)))
        assert store.settle(60)
        health = store.health()
    assert (health.state, health.queued, health.rows, health.lost) == ("ok", 0, 2, 0)
    assert health.last_row == moment(25).wall


def test_close_may_be_called_twice(folder: Folder) -> None:
    store = Store.open(folder.path, SETTINGS, run())
    assert store.close()
    assert store.close()


def test_jpeg_quality_is_obeyed(folder: Folder) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    sizes: list[int] = []
    for quality in (95, 20):
        slug = sighting()
        with Store.open(folder.path, SETTINGS.model_copy(update={"jpeg_quality": quality}), run()) as store:
            store.record([replace(change("opened", slug), shot=Shot(noise, slug.box, slug.box_moment))])
        sizes += folder.query("SELECT bytes FROM photos WHERE sighting_id = ?", slug.id)[0]
    assert sizes[1] < sizes[0] / 2
