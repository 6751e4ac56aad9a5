"""What holds for a whole run."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from edge import boot
from edge.store.run import Run, local
from tests.store.visits import START, moment


def here(timezone: str | None = None) -> Run:
    return Run.here(source="0", model_id="m", config_digest="d", clock="trusted", timezone=timezone, started=moment(0))


@pytest.fixture
def system_in_kathmandu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_each_run_has_its_own_id_and_names_its_software() -> None:
    assert here().id != here().id
    assert here().software.startswith("gardenwatch ")


@pytest.mark.skipif(not boot.BOOT_ID.exists(), reason="no boot id on this system")
def test_runs_of_one_boot_share_its_id() -> None:
    assert here().boot_id == here().boot_id != ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no tzset")
@pytest.mark.usefixtures("system_in_kathmandu")
def test_the_system_s_offset_is_kept_for_where_no_zone_is_named() -> None:
    assert here().utc_offset_s == 20_700
    assert here().local(START).isoformat() == "2026-05-01T11:45:00+05:45"


def test_a_named_zone_knows_summer_and_winter() -> None:
    berlin = here("Europe/Berlin")
    assert berlin.local(START).utcoffset() != berlin.local(datetime(2026, 1, 1, tzinfo=START.tzinfo)).utcoffset()


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", ""])
def test_a_zone_that_this_machine_lacks_leaves_the_offset(name: str) -> None:
    assert local(START, name, 3600).isoformat() == "2026-05-01T07:00:00+01:00"
