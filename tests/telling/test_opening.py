"""Whom there is to tell: names, libraries, and channels that are no longer there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.settings import Config
from edge.store import outbox
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from edge.telling import device
from edge.telling.device import device_name
from edge.telling.opening import need, open_office
from tests.store.visits import SETTINGS, run


@pytest.mark.parametrize("module", ["no_such_library", "no_such.library"])
def test_a_library_that_is_missing_is_named_with_how_to_get_it(module: str) -> None:
    with pytest.raises(ConfigError) as error:
        need(module, "notify", "notify.to")
    assert error.value.expected == f"the library {module.split('.')[0]} for notify.to"
    assert "gardenwatch[notify]" in error.value.todo


def test_two_computers_of_one_name_are_two_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "MACHINE_ID", tmp_path / "machine-id")
    names = []
    for id in ("0123456789abcdef", "fedcba9876543210"):
        (tmp_path / "machine-id").write_text(f"{id}\n")
        names.append(device_name(None, "Bed 3, north"))
        assert device_name(None, "Bed 3, north") == names[-1], "the same after a restart"
        assert id[:6] not in names[-1], "the id itself is nobody's business"
    assert names[0] != names[1]
    assert {name.rpartition("-")[0] for name in names} == {"bed-3-north"}


@pytest.mark.parametrize("site", [None, "校园", "+/#"])
def test_a_name_that_no_topic_may_have_is_replaced(site: str | None) -> None:
    assert Config.model_validate({"mqtt": {"device": device_name(None, site)}}).mqtt.device


def test_a_chosen_name_is_kept() -> None:
    assert device_name("Bed_3", "School") == "Bed_3"


def test_who_is_no_longer_told_keeps_nothing_waiting(tmp_path: Path) -> None:
    with Store.open(tmp_path, SETTINGS, run()):
        with closing(connect(tmp_path / DATABASE)) as db:
            outbox.subscribe(db, "mqtt", ["sighting"])
            db.execute("INSERT INTO outbox (channel, kind, ref) VALUES ('phone', 'notice', 'a:b')")
        open_office(Config(data=tmp_path), []).close()
        with closing(connect(tmp_path / DATABASE)) as db:
            assert [row[:3] for row in outbox.outcomes(db)] == [("phone", "gone", 1)]
            assert db.execute("SELECT count(*) FROM subscriptions").fetchone() == (0,)
