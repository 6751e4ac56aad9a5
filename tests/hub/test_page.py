"""The page over all gardens, asked as a browser asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from edge.hub.keeper import Keeper, Message
from edge.hub.page import HUB_RIGHTS, hub_app
from edge.hub.photo_files import PhotoFiles
from edge.hub.schema import connect, migrate
from edge.hub.settings import HubSettings
from edge.model.labels import Label
from edge.review.web import passwords
from tests.hub.tales import ID, effort, photo, sighting
from tests.review.web.conftest import PASSWORDS, Browser

pytestmark = pytest.mark.system
OTHER = "cd" * 16


@pytest.fixture
def page(database: str, tmp_path: Path) -> Iterator[FlaskClient]:
    with connect(database) as db:
        migrate(db)
        keeper = Keeper(db, PhotoFiles(tmp_path))
        keeper.store([sighting(1, closed=True), photo(2), effort(3), Message("g1/availability", b"online")])
        keeper.store([sighting(1, garden="g2", id=OTHER, label="bee", truth="bee", truth_role="beneficial")])
    labels = {"slug": Label("slug", "Slug", "蛞蝓", role="pest")}
    app = hub_app(HubSettings(data=tmp_path, database=database, names={"g1": "East School"}), labels)
    with app.test_client() as client:
        yield client


def test_the_overview_says_which_garden_works(page: FlaskClient) -> None:
    text = page.get("/").text
    assert "East School" in text
    assert "g2" in text
    assert "stays here" in text
    assert "2026-05-01 14:00" in text, "the garden's own time"


def test_the_gallery_is_of_one_garden_or_all(page: FlaskClient) -> None:
    assert all(id in page.get("/gallery").text for id in (ID, OTHER))
    one = page.get("/gallery?garden=g1").text
    assert ID in one
    assert OTHER not in one


def test_a_sighting_its_photo_and_the_charts_are_shown(page: FlaskClient) -> None:
    assert "Slug" in page.get(f"/sighting/{ID}").text
    assert page.get(f"/photo/{ID}").data.startswith(b"\xff\xd8")
    assert page.get(f"/photo/{OTHER}").status_code == 404
    for address in ("/charts", "/charts?span=all", "/charts?span=month&garden=g1"):
        assert page.get(address).status_code == 200


def test_nothing_on_it_changes_anything_but_what_people_say(page: FlaskClient) -> None:
    posts = [rule for rule in page.application.url_map.iter_rules() if "POST" in (rule.methods or ())]
    said = {"judging.verdict", "judging.undo", "judging.rename"}
    assert {rule.endpoint for rule in posts} == {"access.log_in", "access.log_out", "words.choose_language"} | said
    assert page.post("/verdict", data={"id": ID, "label": "bee"}).status_code == 400, "without a form's token"
    for address in ("/gallery", f"/sighting/{ID}"):
        assert "/delete" not in page.get(address).text
        assert "/export" not in page.get(address).text


def test_a_person_judges_and_takes_it_back(page: FlaskClient) -> None:
    browser = Browser(page)
    assert "What do you say?" in browser.get(f"/sighting/{ID}").text
    browser.post("/verdict", id=[ID, OTHER], label="slug", by="Li Hua")
    assert "Li Hua" in browser.get(f"/sighting/{OTHER}").text
    assert OTHER in browser.get("/gallery?label=slug&garden=g2").text
    browser.post("/undo")
    assert OTHER not in browser.get("/gallery?label=slug").text
    assert browser.post("/verdict", id="77" * 16, label="slug").status_code == 404
    assert browser.post("/verdict", id=ID, label="dragon").status_code == 400


def test_viewers_look_and_teachers_judge(page: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "N", 2)
    for role, word in PASSWORDS.items():
        passwords.write(tmp_path, role, word)  # type: ignore[arg-type]
    browser = Browser(page)
    assert browser.post("/verdict", id=ID, label="slug").status_code == 401
    browser.log_in("viewer")
    assert "What do you say?" not in browser.get(f"/sighting/{ID}").text
    assert browser.post("/verdict", id=ID, label="slug").status_code == 403
    browser.post("/logout")
    browser.log_in("teacher", "Ms Wang")
    browser.post("/verdict", id=ID, label="slug")
    assert "Ms Wang" in browser.get(f"/sighting/{ID}").text


def test_programs_hear_how_the_storing_goes(page: FlaskClient) -> None:
    said = page.get("/healthz")
    assert said.json is not None
    assert (said.status_code, said.json["storing"]) == (200, True), "the row was made a moment ago"


def test_a_garden_in_the_address_is_never_sql(page: FlaskClient) -> None:
    assert page.get("/gallery?garden='; DROP TABLE sightings; --").status_code == 200
    assert page.get("/gallery?garden=nobody").status_code == 200
    assert ID in page.get("/gallery").text


def test_it_speaks_chinese(page: FlaskClient) -> None:
    assert "花园" in page.get("/", headers={"Accept-Language": "zh-CN"}).text


def test_strangers_log_in_where_others_can_reach_it(database: str, tmp_path: Path) -> None:
    with connect(database) as db:
        migrate(db)
    app = hub_app(HubSettings(data=tmp_path, database=database), {}, reached_from_outside=True)
    with app.test_client() as client:
        open_ones = {endpoint for endpoint, needed in HUB_RIGHTS.items() if needed == "anybody"}
        assert open_ones == {"static", "access.login", "access.log_in", "words.choose_language", "today.healthz"}
        assert client.get("/").status_code == 303
