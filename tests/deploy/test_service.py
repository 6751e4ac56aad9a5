"""The service under a real systemd: it comes up, comes back, and ends as it should."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.conftest import PROJECT
from tests.deploy.conftest import CONFIG
from tests.model.tiny import colour_model
from tests.programs import here
from tests.rigs.systemd.machine import Machine

pytestmark = pytest.mark.system
DROP_IN = "/run/systemd/system/gardenwatch.service.d"
"""What a test changes of the unit; taken away again whatever the test found."""
FILE = "etc/gardenwatch/gardenwatch.yaml"


def shown(machine: Machine, name: str, unit: str = "gardenwatch") -> str:
    return machine.run("systemctl", "show", "-P", name, unit)


def in_journal(machine: Machine, text: str) -> None:
    """Waits until the service's journal holds it: a line may come later than what it tells of."""
    machine.wait_until("found", "sh", "-c", f"journalctl -u gardenwatch --no-pager | grep -q '{text}' && echo found")


def stop_in_its_tracks(machine: Machine) -> None:
    """Every process of the service, the board's own too, as by a driver that never returns."""
    machine.wait_until("active", "systemctl", "is-active", "gardenwatch")
    group = shown(machine, "ControlGroup")
    assert group.endswith("/gardenwatch.service"), f"a unit between two starts has no group of its own: {group!r}"
    # A process of the computer outside is listed as 0, and `kill 0` would stop whoever tests.
    those = f"$(grep -vx 0 /sys/fs/cgroup{group}/cgroup.procs)"
    stop = f"kill -STOP {those}; for process in {those}; do "
    stop += "grep -q '^State:.T' /proc/$process/status || echo $process moves; done"
    # Again until nothing of it moves: one may have been born, or have ended, meanwhile.
    machine.wait_until("", "sh", "-c", f"{{ {stop}; }} 2>/dev/null")


@pytest.fixture
def watching(machine: Machine) -> Iterator[Machine]:
    """The service runs, and does so again after the test."""
    machine.run("systemctl", "reset-failed", "gardenwatch")
    machine.run("systemctl", "start", "gardenwatch")
    yield machine
    (machine.root / FILE).write_text(CONFIG)
    machine.run("rm", "-rf", DROP_IN)
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", "gardenwatch")


def test_it_is_up_with_its_page_after_the_installation(watching: Machine) -> None:
    assert watching.run("systemctl", "is-active", "gardenwatch") == "active"
    assert watching.run("systemctl", "is-enabled", "gardenwatch", "gardenwatch-review") == "enabled\nenabled"
    look = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8000/').status)"
    watching.wait_until("200", "python3", "-c", look)


def test_the_doctor_s_outcome_is_in_the_status_and_in_the_journal(watching: Machine) -> None:
    watching.wait_until("1", "sh", "-c", "systemctl show -P StatusText gardenwatch | grep -c '; doctor '")
    in_journal(watching, "opencv-python")


def test_it_runs_as_its_own_user_and_keeps_its_data_to_itself(watching: Machine) -> None:
    assert watching.run("stat", "-c", "%U", f"/proc/{shown(watching, 'MainPID')}") == "gardenwatch"
    assert watching.run("stat", "-c", "%a %U", "/var/lib/gardenwatch") == "750 gardenwatch"
    assert watching.run("stat", "-c", "%a", "/var/lib/gardenwatch/gardenwatch.db") == "600"


def test_animals_of_the_stream_are_recorded(watching: Machine) -> None:
    counts = "import sqlite3; print(sqlite3.connect('/var/lib/gardenwatch/gardenwatch.db').execute("
    counts += "'SELECT count(*) > 0 FROM sightings').fetchone()[0])"
    watching.wait_until("1", "python3", "-c", counts)


def test_killed_it_is_started_again(watching: Machine) -> None:
    before = shown(watching, "MainPID")
    watching.run("sh", "-c", f"kill -KILL {before}")
    another = f'test "$(systemctl show -P MainPID gardenwatch)" != {before} && systemctl is-active gardenwatch'
    watching.wait_until("active", "sh", "-c", another)


def test_a_hang_is_ended_by_the_watchdog(watching: Machine) -> None:
    """Stopped in its tracks, as by a driver that never returns; 45 s are shortened to 5 for the test."""
    watching.run("mkdir", "-p", DROP_IN)
    watching.run("sh", "-c", f"printf '[Service]\\nWatchdogSec=5\\n' >{DROP_IN}/short.conf")
    watching.run("systemctl", "daemon-reload")
    watching.run("systemctl", "restart", "gardenwatch")
    stop_in_its_tracks(watching)
    in_journal(watching, "Watchdog timeout")
    watching.wait_until("again", "sh", "-c", '[ "$(systemctl show -P NRestarts gardenwatch)" -ge 1 ] && echo again')
    watching.wait_until("active", "systemctl", "is-active", "gardenwatch")


def test_the_lamp_is_put_out_when_a_hang_has_ended_the_service(watching: Machine) -> None:
    """Everything of it stands still, the board's own process too, so that only ExecStopPost is left to do it."""
    watching.run("systemctl", "start", "board")
    (watching.root / FILE).write_text(CONFIG.replace("{kind: none}", "{kind: pinpong, port: /dev/ttyACM0}"))
    watching.run("mkdir", "-p", DROP_IN)
    slow = "[Service]\\nWatchdogSec=5\\nTimeoutAbortSec=3\\nRestartSec=600\\n"
    watching.run("sh", "-c", f"printf '{slow}' >{DROP_IN}/slow.conf")
    watching.run("systemctl", "daemon-reload")
    watching.run("systemctl", "restart", "gardenwatch")
    watching.wait_until("1", "cat", "/run/lamp")
    stop_in_its_tracks(watching)
    watching.wait_until("auto-restart", "systemctl", "show", "-P", "SubState", "gardenwatch")
    assert shown(watching, "Result") == "watchdog"
    watching.wait_until("0", "cat", "/run/lamp")


def test_a_wrong_configuration_fails_once_and_says_why(watching: Machine) -> None:
    (watching.root / FILE).write_text(CONFIG + "kamera: 0\n")
    watching.run("systemctl", "restart", "gardenwatch", check=False)
    watching.wait_until("failed", "systemctl", "is-active", "gardenwatch")
    time.sleep(6)  # longer than RestartSec: a restart would have come by now
    assert watching.run("systemctl", "is-active", "gardenwatch", check=False) == "failed"
    assert (shown(watching, "NRestarts"), shown(watching, "ExecMainStatus")) == ("0", "78")
    in_journal(watching, "kamera")


def test_a_stop_takes_less_than_two_seconds(watching: Machine) -> None:
    took = []
    for _round in range(5):
        watching.run("systemctl", "start", "gardenwatch")
        began = time.monotonic()
        watching.run("systemctl", "stop", "gardenwatch")
        took.append(time.monotonic() - began)
    print(f"stops: {[round(seconds, 2) for seconds in sorted(took)]} s")
    assert sorted(took)[2] < here(2)
    assert shown(watching, "Result") == "success"


def test_other_devices_are_closed_to_it(watching: Machine) -> None:
    """The unit's rules for devices, asked by another program: what is not listed is closed even to root."""
    watching.run("mknod", "/dev/other", "c", "10", "183")
    unit = (PROJECT / "deploy" / "gardenwatch.service").read_text().splitlines()
    rules = [f"--property={line}" for line in unit if line.startswith(("DevicePolicy=", "DeviceAllow="))]
    asked = ["systemd-run", "--quiet", "--wait", "--pipe"]
    open_it = ["python3", "-c", "import os; os.open('/dev/other', os.O_RDONLY)"]
    assert "Operation not permitted" not in watching.run(*asked, *open_it, check=False), (
        "the rig closes it, not the unit"
    )
    assert "Operation not permitted" in watching.run(*asked, *rules, *open_it, check=False)
    assert shown(watching, "DevicePolicy") == "closed"


def test_after_a_reboot_it_watches_again(watching: Machine) -> None:
    watching.reboot()
    watching.wait_until("active", "systemctl", "is-active", "gardenwatch")
    watching.wait_until("active", "systemctl", "is-active", "gardenwatch-review")


def test_an_installed_model_watches_after_a_restart_and_goes_again(watching: Machine) -> None:
    """Typed by root, as the guide says; the watcher is another user and reads it all the same."""
    colour_model(watching.root / "srv/mine.onnx")
    program = "/opt/gardenwatch/current/bin/gardenwatch"
    watching.run(program, "--language", "en", "model", "install", "/srv/mine.onnx")
    owners = watching.run("sh", "-c", "stat -c %U /var/lib/gardenwatch/models /var/lib/gardenwatch/models/*")
    assert set(owners.split()) == {"gardenwatch"}
    latest = "import sqlite3; print(sqlite3.connect('/var/lib/gardenwatch/gardenwatch.db').execute("
    latest += "'SELECT model_id FROM runs ORDER BY rowid DESC').fetchone()[0].partition('_v2')[0])"
    watching.run("systemctl", "restart", "gardenwatch")
    watching.wait_until("colours-1", "python3", "-c", latest)
    watching.run("runuser", "-u", "gardenwatch", "--", program, "model", "rollback")
    watching.run("systemctl", "restart", "gardenwatch")
    watching.wait_until("mobilenet", "python3", "-c", latest)
    watching.wait_until("active", "systemctl", "is-active", "gardenwatch")
