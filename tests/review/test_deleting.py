"""A photo that somebody does not want is gone for good; the visit still counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edge.errors import UsageError
from edge.review.deleting import delete
from edge.store.store import Store
from tests.store.conftest import Folder
from tests.store.test_rejections import rejection
from tests.store.visits import SETTINGS, change, run, sighting, visit


@pytest.fixture
def garden(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "data")
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record([*visit(sighting(10, id="ab" * 16)), *visit(sighting(20, id="cd" * 16))])
    return folder


def deleted(folder: Folder, *words: str) -> Result:
    return CliRunner().invoke(delete, [*words, "--data", str(folder.path)], catch_exceptions=False)


def test_the_photo_goes_and_the_sighting_stays(garden: Folder) -> None:
    assert "the photo is deleted" in deleted(garden, "abab", "--photo").output
    assert len(garden.photos()) == 1
    assert garden.query("SELECT missing FROM photos WHERE sighting_id = ?", "ab" * 16) == [("deleted",)]
    assert garden.query("SELECT count(*) FROM sightings") == [(2,)]
    garden.assert_sound()


def test_what_has_no_photo_says_so(garden: Folder) -> None:
    deleted(garden, "abab", "--photo")
    result = deleted(garden, "abab", "--photo")
    assert (result.exit_code, "there is no photo" in result.output) == (0, True)


def test_a_sighting_itself_is_never_deleted(garden: Folder) -> None:
    with pytest.raises(UsageError, match="never deleted"):
        deleted(garden, "abab")


def test_an_id_of_none_is_a_wrong_command(garden: Folder) -> None:
    with pytest.raises(UsageError, match="of no sighting"):
        deleted(garden, "ffff", "--photo")


def test_a_sighting_that_goes_on_keeps_its_photo_until_it_is_over(garden: Folder) -> None:
    with Store.open(garden.path, SETTINGS, run()) as store:
        store.record([change("opened", sighting(30, id="ef" * 16), 40)])
        assert store.settle(60)
        with pytest.raises(UsageError, match="when it has left"):
            deleted(garden, "efef", "--photo")
    deleted(garden, "efef", "--photo")
    assert len(garden.photos()) == 2


def test_a_picture_of_what_was_not_counted_leaves_no_trace_in_the_database(garden: Folder) -> None:
    one = rejection(5)
    with Store.open(garden.path, SETTINGS, run()) as store:
        store.reject([one])
    assert "the photo is deleted" in deleted(garden, one.id, "--photo").output
    assert garden.query("SELECT picture FROM rejections") == [(None,)]
    assert garden.query("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"\xff\xd8\xff" not in (garden.path / "gardenwatch.db").read_bytes()
