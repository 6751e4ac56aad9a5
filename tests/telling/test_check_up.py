"""What the doctor says of the broker, of addresses, and of what waits for them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from edge.finding import Finding
from edge.settings import Config
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from edge.telling import check_up
from tests.rigs.mosquitto import Mosquitto
from tests.rigs.ports import free_port
from tests.rigs.receivers import MailServer, WebHook
from tests.store.visits import SETTINGS, run

pytest.importorskip("apprise", reason="apprise is not installed: pip install 'gardenwatch[notify]'")


def found(folder: Path, addresses: dict[str, str], **mqtt: object) -> dict[str, Finding]:
    secrets = folder / "secrets.yaml"
    secrets.write_text("notify:\n" + "".join(f"  {name}: '{at}'\n" for name, at in addresses.items()) + "  x: ''\n")
    secrets.chmod(0o600)
    values = {"data": str(folder / "data"), "secrets": str(secrets), "notify": {"to": list(addresses)}}
    config = Config.model_validate(values | ({"mqtt": mqtt} if mqtt else {}))
    return {finding.what.removeprefix("messages to "): finding for finding in check_up.findings(config)}


def waits(folder: Path, channel: str, count: int, failure: str = "") -> None:
    with Store.open(folder / "data", SETTINGS, run()):
        pass
    with closing(connect(folder / "data" / DATABASE)) as db:
        rows = [(channel, f"{number}", failure) for number in range(count)]
        db.executemany("INSERT INTO outbox (channel, kind, ref, failure) VALUES (?, 'notice', ?, ?)", rows)


def test_a_server_that_answers_is_well_and_one_that_does_not_is_named(tmp_path: Path) -> None:
    with MailServer() as mail, WebHook() as hook:
        said = found(
            tmp_path,
            {
                "mail": f"mailto://127.0.0.1:{mail.port}?from=a@school.example&to=b@school.example",
                "hook": f"json://127.0.0.1:{hook.port}/",
                "away": f"json://127.0.0.1:{free_port()}/",
                "phone": "ntfys://garden-of-a-school",
            },
        )
    assert [said[name].state for name in ("mail", "hook", "away", "phone")] == ["ok", "ok", "warning", "ok"]
    assert said["away"].found == "the server cannot be reached: Connection refused"
    assert "the address can be read" in said["phone"].found, "nobody on the internet is knocked at"


def test_a_missing_address_is_broken(tmp_path: Path) -> None:
    config = Config.model_validate({"data": str(tmp_path), "secrets": str(tmp_path / "no"), "notify": {"to": ["a"]}})
    (finding,) = check_up.findings(config)
    assert finding.state == "broken"
    assert "GARDENWATCH_NOTIFY_A" in finding.found


def test_what_waits_for_people_is_counted_with_the_reason(tmp_path: Path) -> None:
    waits(tmp_path, "hook", 200, "the service answers 403")
    with WebHook() as hook:
        said = found(tmp_path, {"hook": f"json://127.0.0.1:{hook.port}/"})["hook"]
    assert said.state == "warning", "it answers, and refuses"
    assert said.found.endswith("; 200 wait, the last failure: the service answers 403")
    assert "gardenwatch outbox" in said.todo


def test_what_has_only_just_come_is_no_warning(tmp_path: Path) -> None:
    waits(tmp_path, "hook", 2)
    with WebHook() as hook:
        said = found(tmp_path, {"hook": f"json://127.0.0.1:{hook.port}/"})["hook"]
    assert said.state == "ok"
    assert said.found.endswith("; 2 wait")


@pytest.mark.system
def test_a_broker_is_tried_and_what_waits_for_it_counted(tmp_path: Path) -> None:
    waits(tmp_path, "mqtt", 7)
    with Mosquitto(tmp_path / "broker") as broker:
        here = found(tmp_path, {}, host="127.0.0.1", port=broker.port)["broker"]
    away = found(tmp_path, {}, host="127.0.0.1", port=broker.port)["broker"]
    assert (here.state, here.found) == ("ok", f"127.0.0.1:{broker.port}; 7 wait")
    assert away.state == "warning"
    assert "Connection refused" in away.found


def test_nobody_to_tell_is_not_worth_a_line(tmp_path: Path) -> None:
    assert list(check_up.findings(Config.model_validate({"data": str(tmp_path)}))) == []
