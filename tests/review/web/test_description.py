"""Schemathesis asks all that the page's description allows, and what it does not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from edge.review.web.app import create_app
from edge.review.web.garden import Garden
from edge.settings import SiteSettings
from edge.store.store import Store
from tests.review.web.conftest import LABELS
from tests.review.web.description import described
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, run, sighting, visit

schemathesis = pytest.importorskip("schemathesis", reason="pip install schemathesis")

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "10"))
"""For each address; `SCHEMATHESIS_EXAMPLES=1000 pytest tests/review/web/test_description.py` asks more, at random."""
SITE = SiteSettings(name="School", latitude=31.2, longitude=121.5, timezone="Asia/Shanghai", contributor="Ms Wang")


class Page:
    """What the description speaks of; each test gives it a garden."""

    def __init__(self) -> None:
        self.serves(Path())

    def serves(self, data: Path) -> None:
        app = create_app(Garden(data, LABELS, data.parent / "masks.yaml", 0.35, SITE))
        app.config["WTF_CSRF_ENABLED"] = False  # so that forms are asked, too; the token has tests of its own
        self._answer = described(app)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """At once and to its end, as a browser reads it."""
        answer = self._answer(environ, start)
        with closing(answer) if hasattr(answer, "close") else nullcontext():  # type: ignore[type-var]
            return [b"".join(answer)]


PAGE = Page()
schema = schemathesis.openapi.from_wsgi("/openapi.json", PAGE)


@pytest.fixture
def garden(record: Folder) -> Folder:
    """Four visits, one of them with further photos."""
    with Store.open(record.path, SETTINGS, run()) as store:
        store.record(visit(sighting(40, id="12" * 16), further=2))
    PAGE.serves(record.path)
    return record


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize="SCHEMATHESIS_EXAMPLES" not in os.environ,  # a fault is found by its commit, not by a later one
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)
def test_each_address_answers_as_described(garden: Folder, case: Any) -> None:
    """No fault, no undescribed status or kind of answer; and no sighting is lost whatever is asked."""
    from schemathesis import checks
    from schemathesis.specs.openapi import checks as of_openapi

    case.call_and_validate(
        checks=[
            checks.not_a_server_error,
            of_openapi.status_code_conformance,
            of_openapi.content_type_conformance,
            of_openapi.response_schema_conformance,
        ]
    )
    assert garden.query("SELECT count(*) FROM sightings") == [(4,)]
