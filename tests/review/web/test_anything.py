"""Whatever is asked, in whatever form, the page answers calmly and changes nothing that it should not."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.review.web.app import create_app
from edge.review.web.garden import Garden
from edge.store.store import Store
from tests.review.web.conftest import BEE, LABELS, SLUG, Browser
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, run, sighting, visit


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[Browser, Folder]:
    """One page for all examples."""
    folder = Folder(Path(tmp_path_factory.mktemp("any")) / "data")
    with Store.open(folder.path, SETTINGS, run()) as store:
        store.record(visit(sighting(10, "slug", "pest", 0.95, id=SLUG)))
    app = create_app(Garden(folder.path, LABELS, folder.path.parent / "masks.yaml", 0.35))
    app.testing = False
    return Browser(app.test_client()), folder


def routes() -> list[tuple[str, str]]:
    """Every way to ask that the app has, so that a new view is asked too."""
    app = create_app(Garden(Path(), LABELS, Path("masks.yaml"), 0.35))
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return sorted((method, rule.rule) for rule in rules for method in rule.methods or () if method in ("GET", "POST"))


ODD = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "../../etc/passwd",
            "' OR 1=1 --",
            "<script>alert(1)</script>",
            "\0",
            "-1",
            "1e999",
            "nan",
            "9" * 400,
            SLUG,
            BEE,
        ]
    ),
    st.integers().map(str),
    st.dates().map(str),
)
NAMES = [
    *("id", "label", "role", "since", "until", "sure", "judged", "after", "next", "by", "name", "to", "password"),
    *("csrf_token", "time", "masks", "version", "minutes", "before", "span", "photo", "form", "unjudged", "v"),
]
FIELDS = st.dictionaries(st.sampled_from(NAMES), ODD, max_size=6)


@pytest.mark.parametrize(("method", "rule"), routes())
@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=ODD, fields=FIELDS, with_token=st.booleans())
def test_no_question_breaks_it(
    page: tuple[Browser, Folder], method: str, rule: str, part: str, fields: dict[str, str], with_token: bool
) -> None:
    browser, folder = page
    if with_token:
        browser.get("/login")
        fields = fields | {"csrf_token": browser.token}
    path = rule.replace("<id>", quote(part, safe="") or "x").replace("<int:number>", quote(part, safe="") or "x")
    more = {"query_string": fields} if method == "GET" else {"data": fields}
    answer = browser._client.open(path, method=method, **more)  # type: ignore[arg-type]
    answer.close()
    assert answer.status_code < 500, answer.status_code
    assert b"<script>alert" not in answer.data
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert folder.query("SELECT count(*) FROM sightings") == [(1,)]
    if not with_token or method == "GET":
        assert answer.status_code != 303 or method == "GET", "nothing was done without the token"


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=2000),
    kind=st.sampled_from(["multipart/form-data; boundary=x", "application/json", "text/x", ""]),
)
def test_no_malformed_body_breaks_it(page: tuple[Browser, Folder], body: bytes, kind: str) -> None:
    answer = page[0]._client.post("/verdict", data=body, content_type=kind)
    assert answer.status_code in (400, 413)


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cookie=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=';,"\\'), max_size=300))
def test_no_forged_cookie_breaks_it(page: tuple[Browser, Folder], cookie: str) -> None:
    answer = (
        page[0]
        ._client.application.test_client()
        .get("/", headers={"Cookie": f"gardenwatch={cookie}; language={cookie}"})
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("host", [".ocalhost", "a..b", "a b", "[::1", "localhost:99999999", "x" * 300, "\u00e9"])
def test_no_odd_name_of_this_computer_breaks_it(page: tuple[Browser, Folder], host: str) -> None:
    answer = page[0]._client.get("/login", headers={"Host": host})
    assert answer.status_code in (400, 403, 404, 421), answer.status_code
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.data, "it says what is wrong"
