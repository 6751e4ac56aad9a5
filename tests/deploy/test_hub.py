"""The hub as deploy/README.md says it, under a real systemd: PostgreSQL, a broker, both units, a garden that tells."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.deploy.conftest import CONFIG
from tests.rigs.systemd.machine import Machine

pytestmark = pytest.mark.system
SLOW_S = 300
"""A machine that others use as well starts a database in a minute."""
PIP = "/opt/gardenwatch/current/bin/pip"
KEPT = "FROM photos p JOIN sightings s ON s.id = p.sighting_id WHERE s.closed AND s.photo_number = p.number"
"""Photos that no better one will replace."""
GARDEN = CONFIG + "mqtt: {host: localhost, username: east, device: east, hub: true, photos: true}\n"


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Path:
    """What the README has installed beside the program."""
    folder = tmp_path_factory.mktemp("libraries")
    needed = ["psycopg[binary]>=3.2", "paho-mqtt>=2.1"]
    line = [sys.executable, "-m", "pip", "download", "-q", "--dest", str(folder), "--python-version", "3.11"]
    subprocess.run([*line, "--only-binary=:all:", *needed], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, wheels: Path, libraries: Path) -> Iterator[Machine]:
    """Step by step; one computer is the hub and a garden with a camera, too."""
    shared = {PROJECT: "/src", wheels: "/wheels", libraries: "/libraries"}
    with Machine(tmp_path_factory.mktemp("hub") / "root", shared, more=("mosquitto", "postgresql")) as booted:
        etc = booted.root / "etc"
        (etc / "systemd/system/camera.service").write_text(
            "[Service]\nWorkingDirectory=/src\nEnvironment=PYTHONDONTWRITEBYTECODE=1\n"
            "ExecStart=/opt/gardenwatch/current/bin/python -m tests.deploy.stream 8090\n"
            "Restart=always\n[Install]\nWantedBy=multi-user.target\n"
        )
        (etc / "gardenwatch").mkdir()
        (etc / "gardenwatch/gardenwatch.yaml").write_text(CONFIG)
        booted.run("/src/deploy/install.sh", "--wheels", "/wheels")
        booted.run(PIP, "install", "-q", "--no-index", "--find-links", "/libraries", "psycopg[binary]", "paho-mqtt")
        wait_for_database(booted)
        booted.run("runuser", "-u", "postgres", "--", "createuser", "gardenwatch")
        words = ("createdb", "-O", "gardenwatch", "-E", "UTF8", "-T", "template0", "gardenwatch")
        booted.run("runuser", "-u", "postgres", "--", *words)
        booted.run("cp", "/src/deploy/mosquitto-hub.conf", "/etc/mosquitto/conf.d/")
        acl = [
            line[6:]
            for line in (PROJECT / "deploy/mosquitto-hub.conf").read_text().splitlines()
            if line[:6] == "#     "
        ]
        (etc / "mosquitto/gardens.acl").write_text("\n".join(acl) + "\n")
        booted.run("touch", "/etc/mosquitto/gardens")
        for user in ("hub", "east"):
            booted.run("mosquitto_passwd", "-b", "/etc/mosquitto/gardens", user, f"{user}'s word")
        booted.run("chown", "mosquitto", "/etc/mosquitto/gardens", "/etc/mosquitto/gardens.acl")
        booted.run("systemctl", "restart", "mosquitto")
        said = (PROJECT / "deploy/hub.yaml").read_text()
        assert "username: null" in said
        (etc / "gardenwatch/hub.yaml").write_text(
            said.replace("username: null", "username: hub").replace("secrets.yaml ", "hub-secrets.yaml ")
        )
        for file, user in (("secrets.yaml", "east"), ("hub-secrets.yaml", "hub")):
            (etc / "gardenwatch" / file).write_text(f'mqtt_password: "{user}\'s word"\n')
            booted.run("chown", "gardenwatch", f"/etc/gardenwatch/{file}")
            booted.run("chmod", "600", f"/etc/gardenwatch/{file}")
        (etc / "gardenwatch/gardenwatch.yaml").write_text(GARDEN)
        for unit in ("gardenwatch-hub.service", "gardenwatch-hub-review.service"):
            booted.run("cp", f"/src/deploy/{unit}", "/etc/systemd/system/")
        booted.run("systemctl", "daemon-reload")
        booted.run("systemctl", "enable", "--now", "camera", "gardenwatch-hub", "gardenwatch-hub-review")
        booted.run("systemctl", "restart", "gardenwatch")
        yield booted


def wait_for_database(machine: Machine) -> None:
    machine.wait_until("/var/run/postgresql:5432 - accepting connections", "pg_isready", timeout_s=SLOW_S)


def shown(machine: Machine, name: str) -> str:
    return machine.run("systemctl", "show", "-P", name, "gardenwatch-hub")


def asks(query: str) -> tuple[str, ...]:
    return ("runuser", "-u", "gardenwatch", "--", "psql", "-Atc", query, "gardenwatch")


def visits(machine: Machine) -> int:
    return int(machine.run(*asks("SELECT count(*) FROM sightings WHERE garden = 'east'")))


def wait_for_more(machine: Machine, than: int) -> None:
    machine.wait_until("t", *asks(f"SELECT count(*) > {than} FROM sightings WHERE garden = 'east'"), timeout_s=SLOW_S)


def test_what_a_garden_sees_arrives_with_its_photos(hub: Machine) -> None:
    hub.wait_until("active", "systemctl", "is-active", "gardenwatch-hub", timeout_s=SLOW_S)
    wait_for_more(hub, 0)
    hub.wait_until("t", *asks(f"SELECT count(*) > 0 {KEPT}"), timeout_s=SLOW_S)
    (path,) = hub.run(*asks(f"SELECT path {KEPT} LIMIT 1")).splitlines()
    assert (hub.root / "var/lib/gardenwatch-hub" / path).read_bytes().startswith(b"\xff\xd8")
    assert hub.run(*asks("SELECT count(*) FROM refused")) == "0"


def test_it_runs_as_its_own_user_and_says_how_it_goes(hub: Machine) -> None:
    wait_for_more(hub, 0)
    assert hub.run("stat", "-c", "%U", f"/proc/{shown(hub, 'MainPID')}") == "gardenwatch"
    assert hub.run("stat", "-c", "%a %U", "/var/lib/gardenwatch-hub") == "750 gardenwatch"
    hub.wait_until("1", "sh", "-c", "systemctl show -P StatusText gardenwatch-hub | grep -c '^connected; '")


def test_its_page_answers(hub: Machine) -> None:
    look = "import urllib.request; print('east' in urllib.request.urlopen('http://127.0.0.1:8001/').read().decode())"
    hub.wait_until("True", "python3", "-c", look, timeout_s=SLOW_S)


def test_killed_it_is_started_again_and_stores_on(hub: Machine) -> None:
    wait_for_more(hub, 0)
    before = shown(hub, "MainPID")
    hub.run("sh", "-c", f"kill -KILL {before}")
    wait_for_more(hub, visits(hub))  # counted when nobody stored any more, or the next one did already
    assert shown(hub, "MainPID") not in ("0", before)


def test_a_database_that_is_stopped_is_waited_for(hub: Machine) -> None:
    """The unit stays up; what was seen meanwhile comes later."""
    wait_for_more(hub, 0)
    seen, process = visits(hub), shown(hub, "MainPID")
    hub.run("systemctl", "stop", "postgresql")
    said = "systemctl show -P StatusText gardenwatch-hub | grep -c '^cannot store'"
    hub.wait_until("1", "sh", "-c", said, timeout_s=SLOW_S)
    hub.run("systemctl", "start", "postgresql")
    wait_for_database(hub)
    wait_for_more(hub, seen)
    assert shown(hub, "MainPID") == process


def test_after_a_reboot_all_of_it_comes_up_by_itself(hub: Machine) -> None:
    wait_for_more(hub, 0)
    hub.reboot()
    wait_for_database(hub)
    wait_for_more(hub, visits(hub))
    assert shown(hub, "NRestarts") == "0"
