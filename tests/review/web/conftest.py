"""The page over a real record, asked as a browser asks."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from edge.model.labels import Label
from edge.review.web import passwords
from edge.review.web.app import create_app
from edge.review.web.garden import Garden
from edge.review.web.patience import Patience
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, run, sighting, visit

LABELS = {
    "slug": Label("slug", "Slug", "蛞蝓", role="pest"),
    "bee": Label("bee", "Bee", "蜜蜂", role="beneficial"),
    "background": Label("background", "Background", "背景", role="background"),
}
SLUG, BEE, ODD = ("ab" * 16, "cd" * 16, "ef" * 16)
PASSWORDS = {"teacher": "a long teacher's word", "viewer": "a viewer's word"}


class Browser:
    """Keeps cookies, follows redirects, sends the token of the last form it saw."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self.token = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._seen(self._client.get(path, follow_redirects=True, **more))

    def post(self, path: str, **fields: Any) -> TestResponse:
        if not self.token:
            self.get("/login")
        return self._seen(self._client.post(path, data={"csrf_token": self.token, **fields}, follow_redirects=True))

    def log_in(self, role: str, name: str = "Li Hua") -> TestResponse:
        return self.post("/login", name=name, password=PASSWORDS[role])

    def forget(self) -> None:
        """As if it had been closed."""
        self._client = self._client.application.test_client()
        self.token = ""

    def _seen(self, response: TestResponse) -> TestResponse:
        token = re.search(rb'name="csrf_token" value="([^"]+)"', response.data)
        response.close()
        self.token = token[1].decode() if token else self.token
        return response


class Clock:
    """Time as the test wants it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def record(tmp_path: Path) -> Folder:
    """A slug, then a bee, then something that the machine could not name."""
    folder = Folder(tmp_path / "data")
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting(10, "slug", "pest", 0.95, id=SLUG)))
        store.record(visit(sighting(20, "bee", "beneficial", 0.7, id=BEE)))
        store.record(visit(sighting(30, "unknown", "neutral", 0.4, id=ODD)))
    return folder


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def browser(record: Folder, clock: Clock) -> Browser:
    app = create_app(Garden(record.path, LABELS, record.path.parent / "masks.yaml", 0.35), patience=Patience(clock))
    app.testing = False  # what goes wrong becomes a page, as for a visitor
    return Browser(app.test_client())


@pytest.fixture
def other(browser: Browser) -> Browser:
    """Somebody else, on the same page with a browser of an own."""
    return Browser(browser._client.application.test_client())


@pytest.fixture
def guarded(record: Folder, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A page that asks for a password."""
    monkeypatch.setattr(passwords, "N", 2)  # a cheap hash: what costs time is tested once
    passwords.write(record.path, "teacher", PASSWORDS["teacher"])
    passwords.write(record.path, "viewer", PASSWORDS["viewer"])
    return browser


def judge(folder: Folder, id: str, label: str, role: str, by: str = "Ms Wang") -> None:
    append_verdicts(folder.path, [Verdict(id, label, role, by, datetime.now(UTC))])


def verdicts(folder: Folder) -> list[tuple[str, str | None, str]]:
    return folder.query("SELECT sighting_id, label, judged_by FROM verdicts ORDER BY number")  # type: ignore[return-value]


def shown(response: TestResponse) -> list[str]:
    """Which sightings a page leads to, in its order."""
    return list(dict.fromkeys(re.findall(r'href="/sighting/([0-9a-f]{32})', response.text)))
