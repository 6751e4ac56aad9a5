"""Programs collect how the watcher is, as far as people may see it."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from edge.heartbeat import FILE, Heartbeat, Pulse
from edge.review.web.metrics import DEAD_S
from edge.review.web.patience import FREE
from tests.review.web.conftest import PASSWORDS, Browser
from tests.store.conftest import Folder

PULSE = Pulse(1200, 3, 7, 1, 2, 0, "lost", "seen", "ok", "ready", 4, 5)


def collected(text: str) -> dict[str, float]:
    """As Prometheus' own reader understands it; labels behind the name."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def beat(folder: Folder, **changed: object) -> None:
    """A watcher has just said how it is."""
    heart = Heartbeat(folder.path, lambda: 51.5)
    heart.count(10, None)
    heart.count(4, "dark")
    heart.beat(lambda: PULSE)
    told = json.loads((folder.path / FILE).read_text("utf-8")) | changed
    heart.close()
    (folder.path / FILE).write_text(json.dumps(told), "utf-8")


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"collector:{password}".encode()).decode()}


def test_what_the_watcher_told_is_collected(browser: Browser, record: Folder) -> None:
    beat(record)
    answer = browser.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found = collected(answer.text)
    assert found["gardenwatch_up"] == 1
    assert (found["gardenwatch_frames_total"], found["gardenwatch_queue"]) == (1200, 2)
    assert (found["gardenwatch_watched_seconds_total"], found["gardenwatch_temperature_celsius"]) == (10, 51.5)
    assert found["gardenwatch_blind_seconds_total{reason=dark}"] == 4
    assert found["gardenwatch_part_well{part=camera,state=lost}"] == 0
    assert found["gardenwatch_part_well{part=store,state=ok}"] == 1
    assert found["gardenwatch_disk_free_bytes"] > 0


@pytest.mark.parametrize("changed", [{"state": "stopped"}, {"at": "2026-05-01T06:00:00+00:00"}, {"at": 5}])
def test_a_watcher_that_was_stopped_or_is_silent_is_down(
    browser: Browser, record: Folder, changed: dict[str, object]
) -> None:
    beat(record, **changed)
    assert collected(browser.get("/metrics").text)["gardenwatch_up"] == 0


def test_a_little_late_is_not_dead(browser: Browser, record: Folder) -> None:
    beat(record, at=(datetime.now(UTC) - timedelta(seconds=DEAD_S / 2)).isoformat())
    assert collected(browser.get("/metrics").text)["gardenwatch_up"] == 1


def test_without_a_watcher_it_says_so(browser: Browser) -> None:
    assert collected(browser.get("/metrics").text) == {"gardenwatch_up": 0}


@pytest.mark.parametrize(
    "changed",
    [
        {"blind_s": {'dark"} 1\n': 3, "x": "y"}, "frames": "many", "last_error": 5},
        {"blind_s": [], "queue": None, "camera": {"a": 1}, "frames": 10**400},
    ],
)
def test_a_damaged_heartbeat_is_still_told_in_the_format(
    browser: Browser, record: Folder, changed: dict[str, object]
) -> None:
    beat(record, **changed)
    found = collected(browser.get("/metrics").text)
    assert found["gardenwatch_up"] == 1
    assert "gardenwatch_frames_total" not in found


def test_every_name_has_its_help_and_type_once(browser: Browser, record: Folder) -> None:
    beat(record)
    text = browser.get("/metrics").text
    names = re.findall(r"^# TYPE (\w+) ", text, re.M)
    assert len(names) == len(set(names)) >= 15
    assert re.findall(r"^# HELP (\w+) ", text, re.M) == names


def test_where_a_password_was_set_programs_send_it(guarded: Browser, record: Folder) -> None:
    beat(record)
    asked = guarded.get("/metrics")
    assert (asked.status_code, asked.headers["WWW-Authenticate"]) == (401, 'Basic realm="gardenwatch"')
    for password in (PASSWORDS["viewer"], PASSWORDS["teacher"], PASSWORDS["teacher"]):
        assert collected(guarded.get("/metrics", headers=basic(password)).text)["gardenwatch_up"] == 1
    assert guarded.get("/metrics", headers=basic("wrong")).status_code == 401


def test_a_person_who_logged_in_sees_them_too(guarded: Browser) -> None:
    guarded.log_in("viewer")
    assert guarded.get("/metrics").status_code == 200


def test_a_password_sent_so_opens_nothing_else(guarded: Browser) -> None:
    assert guarded.get("/gallery", headers=basic(PASSWORDS["teacher"])).request.path == "/login"


def test_guessing_is_as_slow_as_in_the_form(guarded: Browser) -> None:
    for _ in range(FREE):
        assert guarded.get("/metrics", headers=basic("wrong")).status_code == 401
    answer = guarded.get("/metrics", headers=basic(PASSWORDS["teacher"]))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
