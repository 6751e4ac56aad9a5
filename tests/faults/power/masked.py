"""Masks saved on the page, twice: `python -m tests.faults.power.masked FOLDER`; says when each is."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from edge.review.web.app import create_app
from edge.review.web.garden import Garden
from tests.review.web.conftest import LABELS, Browser


def main(folder: Path) -> None:
    browser = Browser(create_app(Garden(folder / "data", LABELS, folder / "masks.yaml", 0.35)).test_client())
    for name in ("old", "new"):
        page = browser.get("/masks").text
        found = re.search(r'name="version" value="(\w+)"', page)
        assert found, page
        mask = {"name": name, "kind": "ignore", "polygon": [[0, 0], [0.5, 0], [0.5, 0.25]]}
        saved = browser.post("/masks", masks=json.dumps([mask]), version=found[1])
        assert saved.status_code < 400, saved.text
        print(f"saved {name}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
