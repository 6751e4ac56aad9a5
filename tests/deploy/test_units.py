"""The units as systemd reads them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed: apt-get install systemd"
)
UNITS = [
    "gardenwatch.service",
    "gardenwatch-review.service",
    "gardenwatch-picam.service",
    "gardenwatch-hub.service",
    "gardenwatch-hub-review.service",
]


@pytest.mark.parametrize("unit", UNITS)
def test_little_is_open_to_it(unit: str) -> None:
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", PROJECT / "deploy" / unit],
        capture_output=True,
        text=True,
    ).stdout
    exposure = re.search(r"Overall exposure level for .*: ([\d.]+)", said)
    assert exposure is not None, said
    assert float(exposure[1]) <= 1.5


@pytest.mark.parametrize("unit", UNITS)
def test_every_key_is_one_that_systemd_knows(unit: str, tmp_path: Path) -> None:
    """`verify` ends with 0 at an unknown key, so all that it says counts; programs are not installed here."""
    text = re.sub(
        r"/opt/gardenwatch/current/bin/gardenwatch|/usr/bin/rpicam-vid",
        "/bin/true",
        (PROJECT / "deploy" / unit).read_text(),
    )
    (tmp_path / unit).write_text(text.replace("file:/opt/gardenwatch/README.md", "https://example.org"))
    said = subprocess.run(["systemd-analyze", "verify", tmp_path / unit], capture_output=True, text=True)
    assert said.stderr.strip() == ""
