"""A teacher takes sightings home as a file."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from edge.model.labels import Label
from edge.review.export import stream
from edge.review.web import exporting
from edge.review.web.app import create_app
from edge.review.web.garden import Garden
from edge.settings import SiteSettings
from edge.store.store import Store
from tests.review.web.conftest import BEE, ODD, SLUG, Browser, judge
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, run, sighting, visit

NAMED = {
    "slug": Label("slug", "Slug", "蛞蝓", "Gastropoda", "class", "pest"),
    "bee": Label("bee", "Bee", "蜜蜂", "Apis mellifera", "species", "beneficial"),
}
SITE = SiteSettings(name="School garden", latitude=31.2, longitude=121.5, contributor="Li Hua")


@pytest.fixture
def teacher(record: Folder) -> Browser:
    """Of a garden whose configuration says where it is."""
    app = create_app(Garden(record.path, NAMED, record.path.parent / "masks.yaml", 0.35, SITE))
    app.testing = False
    return Browser(app.test_client())


def download(browser: Browser, form: str, **fields: str) -> TestResponse:
    """Read to its end."""
    browser.get("/export")
    answer = browser._client.post("/export", data={"csrf_token": browser.token, "form": form, **fields})
    assert answer.get_data() is not None
    answer.close()
    return answer


def entries(answer: TestResponse) -> zipfile.ZipFile:
    content = zipfile.ZipFile(io.BytesIO(answer.data))
    assert content.testzip() is None
    return content


def state(browser: Browser) -> dict[str, Any]:
    return dict(json.loads(browser.get("/export.json").data))


def test_a_table_holds_what_the_filter_finds_and_opens_in_a_spreadsheet(teacher: Browser) -> None:
    answer = download(teacher, "csv", role="pest")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sightings.csv"'
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == [SLUG]
    assert state(teacher) == {"state": "whole", "done": 1, "total": 1}


def test_lines_of_json_hold_all(teacher: Browser) -> None:
    rows = [json.loads(line) for line in download(teacher, "jsonl").text.splitlines()]
    assert [row["id"] for row in rows] == [ODD, BEE, SLUG]


def test_a_record_larger_than_one_question_comes_whole_and_in_order(
    teacher: Browser, record: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "AT_ONCE", 2)
    with Store.open(record.path, SETTINGS, run()) as store:
        for second in range(50, 70, 4):
            store.record(visit(sighting(second)))
    rows = [json.loads(line) for line in download(teacher, "jsonl").text.splitlines()]
    assert len({row["id"] for row in rows}) == len(rows) == 8
    assert [row["first_seen"] for row in rows] == sorted((row["first_seen"] for row in rows), reverse=True)


def test_photos_to_train_on_come_by_what_people_said(teacher: Browser, record: Folder) -> None:
    judge(record, SLUG, "bee", "beneficial")
    found = entries(download(teacher, "dataset"))
    assert sorted(found.namelist()) == ["classes.txt", f"images/bee/{SLUG}-1.jpg", "manifest.csv"]
    assert found.read(f"images/bee/{SLUG}-1.jpg") == (record.path / f"photos/ab/{SLUG}-1.jpg").read_bytes()
    assert len(entries(download(teacher, "dataset", unjudged="yes")).namelist()) == 4


def test_a_package_for_science_is_what_the_command_writes(teacher: Browser, record: Folder) -> None:
    found = entries(download(teacher, "camtrap-dp", label="slug"))
    assert sorted(found.namelist()) == sorted(
        ["datapackage.json", "deployments.csv", "media.csv", f"media/ab/{SLUG}-1.jpg", "observations.csv"]
    )
    rows = list(csv.DictReader(io.StringIO(found.read("media.csv").decode())))
    assert [row["filePath"] for row in rows] == [f"media/ab/{SLUG}-1.jpg"]
    assert json.loads(found.read("datapackage.json"))["contributors"][0]["title"] == "Li Hua"


def test_a_package_that_would_lack_what_the_standard_requires_is_refused_before_the_first_byte(
    browser: Browser,
) -> None:
    assert "site.latitude" in browser.get("/export").text, "said beside the choice"
    answer = download(browser, "camtrap-dp")
    assert answer.status_code == 400
    assert "site.name, site.latitude" in answer.text
    assert download(browser, "csv").status_code == 200, "nothing is left locked"


@pytest.mark.parametrize("form", ["", "exe", "../csv"])
def test_a_form_that_is_none_is_refused(teacher: Browser, form: str) -> None:
    assert download(teacher, form).status_code == 400


def test_a_zip_of_nothing_or_of_too_much_is_refused(teacher: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "at least one sighting" in download(teacher, "dataset", since="2031-01-01").text
    monkeypatch.setattr(stream, "MOST_VISITS", 2)
    assert "choose fewer days" in download(teacher, "dataset").text
    assert download(teacher, "csv").status_code == 200, "a table has no bound"


def test_a_second_one_waits_until_the_first_is_done(teacher: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    second: list[int] = []
    table = stream.table

    def slowly(*what: Any) -> Iterator[bytes]:
        yield b"begun"
        teacher.get("/export")
        second.append(download(teacher, "csv").status_code)
        assert state(teacher)["state"] == "running"
        assert "sightings are on their way" in teacher.get("/export").text
        yield from table(*what)

    monkeypatch.setattr(exporting.stream, "table", slowly)
    assert download(teacher, "csv").data
    assert second == [503]
    monkeypatch.undo()
    assert download(teacher, "csv").status_code == 200


def files(record: Folder) -> set[str]:
    """All but what SQLite keeps beside a database that somebody reads."""
    return {file.name for file in record.path.parent.rglob("*") if not file.name.endswith(("-shm", "-wal"))}


def test_one_that_is_broken_off_says_so_and_leaves_nothing(teacher: Browser, record: Folder) -> None:
    before = files(record)
    teacher.get("/export")
    fields = {"csrf_token": teacher.token, "form": "dataset", "unjudged": "yes"}
    answer = teacher._client.post("/export", data=fields, buffered=False)
    next(iter(answer.response))
    answer.close()  # the browser goes away
    assert state(teacher)["state"] == "broken"
    assert files(record) == before
    assert download(teacher, "csv").status_code == 200


def test_one_that_goes_away_before_the_first_byte_locks_nothing(teacher: Browser) -> None:
    teacher.get("/export")
    teacher._client.post("/export", data={"csrf_token": teacher.token, "form": "csv"}, buffered=False).close()
    assert download(teacher, "csv").status_code == 200


def test_a_photo_that_is_gone_is_left_out_of_the_zip(teacher: Browser, record: Folder) -> None:
    judge(record, SLUG, "slug", "pest")
    judge(record, BEE, "bee", "beneficial")
    (record.path / f"photos/ab/{SLUG}-1.jpg").unlink()
    names = entries(download(teacher, "dataset")).namelist()
    assert [name for name in names if name.startswith("images")] == [f"images/bee/{BEE}-1.jpg"]


def test_an_export_holds_no_lock_on_the_record_between_two_pieces(
    teacher: Browser, record: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who takes the bytes slowly must not make the write-ahead log grow."""
    monkeypatch.setattr(stream, "AT_ONCE", 1)
    teacher.get("/export")
    fields = {"csrf_token": teacher.token, "form": "dataset", "unjudged": "yes"}
    answer = teacher._client.post("/export", data=fields, buffered=False)
    next(iter(answer.response))
    busy, _log, _done = record.query("PRAGMA wal_checkpoint(TRUNCATE)")[0]
    assert busy == 0
    answer.close()


def test_a_filter_of_the_gallery_leads_here_with_it(teacher: Browser) -> None:
    assert 'href="/export?role=pest"' in teacher.get("/gallery?role=pest").text
    assert '<option value="pest" selected>' in teacher.get("/export?role=pest").text
