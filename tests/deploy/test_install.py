"""The install script on a machine of its own: again, forward, back, and away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.deploy.conftest import CONFIG
from tests.deploy.journal import began_us, files, flood, most, taken
from tests.rigs.systemd.machine import Machine

pytestmark = pytest.mark.system
DATABASE = "/var/lib/gardenwatch/gardenwatch.db"
STILL_THERE = "import sqlite3; print(sqlite3.connect('/var/lib/gardenwatch/gardenwatch.db').execute("
STILL_THERE += "'SELECT min(started) FROM runs').fetchone()[0])"


STREAM = "tcp://127.0.0.1:8555"


def broken(folder: Path, wheels: Path, file: str, before: str, after: str) -> Path:
    """Wheels of a version with that fault in it, in a folder under `folder`."""

    def spoil(source: Path) -> None:
        text = (source / file).read_text("utf-8")
        assert before in text
        (source / file).write_text(text.replace(before, after, 1), "utf-8")

    return changed(folder, wheels, spoil)


def changed(folder: Path, wheels: Path, change: Callable[[Path], object]) -> Path:
    """Wheels of a version to whose source that was done, in a folder under `folder`."""
    source = folder / "source"
    ignored = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "tests", "gardenwatch-data")
    shutil.copytree(PROJECT, source, ignore=ignored)
    change(source)
    made = folder / "wheels"
    shutil.copytree(wheels, made, ignore=shutil.ignore_patterns("gardenwatch-*"), copy_function=os.link)
    line = [sys.executable, "-m", "pip", "--quiet", "wheel", "--no-deps", "--wheel-dir", made, source]
    subprocess.run(line, check=True, capture_output=True)
    return made


def install(machine: Machine, wheels: Path | None = None) -> str:
    """What the script said, from other wheels where they are given."""
    if wheels is not None:
        shutil.copytree(wheels, machine.root / "srv" / wheels.parent.name)
    folder = "/wheels" if wheels is None else f"/srv/{wheels.parent.name}"
    return machine.run("/src/deploy/install.sh", "--wheels", folder, check=False)


def programs(machine: Machine) -> str:
    return machine.run("readlink", "/opt/gardenwatch/current")


def test_a_dry_run_changes_nothing_and_needs_no_rights() -> None:
    said = subprocess.run(
        [PROJECT / "deploy" / "install.sh", "--dry-run"], capture_output=True, text=True, user="nobody", check=True
    ).stdout
    assert "would: python3 -m venv /opt/gardenwatch/" in said
    assert not Path("/opt/gardenwatch").exists()


@pytest.mark.parametrize(
    ("program", "says"), [("uname", "echo armv7l"), ("python3", "echo 32")], ids=["32-bit kernel", "32-bit programs"]
)
def test_a_32_bit_system_is_refused_with_the_reason(program: str, says: str, tmp_path: Path) -> None:
    stand_in = tmp_path / program
    stand_in.write_text(f"#!/bin/sh\n{says}\n")
    stand_in.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    script = [PROJECT / "deploy" / "install.sh", "--dry-run"]
    refused = subprocess.run(script, capture_output=True, text=True, env=os.environ | {"PATH": path})
    assert refused.returncode == 1
    assert "ONNX Runtime exists for 64 bit only; install Raspberry Pi OS (64-bit)" in refused.stderr


def test_again_it_keeps_configuration_and_data(machine: Machine) -> None:
    first, began = programs(machine), machine.run("python3", "-c", STILL_THERE)
    assert "Done." in install(machine)
    assert programs(machine) != first
    assert machine.run("systemctl", "is-active", "gardenwatch") == "active"
    assert machine.run("python3", "-c", STILL_THERE) == began
    assert machine.run("cat", "/etc/gardenwatch/gardenwatch.yaml") == CONFIG.strip()


def test_a_version_that_sees_nothing_is_not_taken(machine: Machine, wheels: Path, tmp_path: Path) -> None:
    before = programs(machine)
    said = install(
        machine, broken(tmp_path, wheels, "edge/vision/tracker.py", "left = self._assign", "left = [] and self._assign")
    )
    assert "the installed version was left as it is" in said
    assert programs(machine) == before
    assert machine.run("systemctl", "is-active", "gardenwatch") == "active"


def test_a_version_that_does_not_start_is_taken_back_with_the_database(
    machine: Machine, wheels: Path, tmp_path: Path
) -> None:
    """It sees the drawn garden, but fails with the configured camera, after it has changed the database."""
    before, began = programs(machine), machine.run("python3", "-c", STILL_THERE)
    fault = "    if settings.camera.source != 'demo':\n        import sqlite3\n"
    fault += "        with sqlite3.connect(settings.data / 'gardenwatch.db') as db:\n"
    fault += "            db.execute('DELETE FROM runs')\n        return 78\n    give_back_blocks(OF_A_MODEL)\n"
    unit = machine.root / "etc/systemd/system/gardenwatch.service"
    unit.write_text(before_unit := unit.read_text() + "# of the version from before\n")
    said = install(machine, broken(tmp_path, wheels, "edge/build.py", "    give_back_blocks(OF_A_MODEL)\n", fault))
    assert "the version from before watches again" in said
    assert programs(machine) == before
    machine.wait_until("active", "systemctl", "is-active", "gardenwatch")
    assert machine.run("python3", "-c", STILL_THERE) == began
    assert unit.read_text() == before_unit


def test_without_room_for_a_copy_of_the_database_nothing_is_changed(machine: Machine) -> None:
    before, began = programs(machine), machine.run("python3", "-c", STILL_THERE)
    in_its_way = machine.root / "var/lib/gardenwatch/before-upgrade.db.new"
    (in_its_way / "something").mkdir(parents=True)
    assert "No copy of the database could be made; going back" in install(machine)
    shutil.rmtree(in_its_way)
    assert programs(machine) == before
    machine.wait_until("active", "systemctl", "is-active", "gardenwatch")
    assert machine.run("python3", "-c", STILL_THERE) == began


def test_a_term_of_logs_takes_a_hundred_megabytes(machine: Machine) -> None:
    """Of journald itself, which has been told at the installation and not since."""
    assert most(machine) == 100 << 20
    flood(machine, 160)
    assert 50 << 20 < taken(machine) <= 100 * 9 / 8 * 2**20, (
        "with the file being written, an eighth of the whole at most"
    )


def test_logs_go_after_three_months(machine: Machine) -> None:
    """Copies of a file that is no longer written, named as if begun two and five months ago: journald goes by that."""
    machine.run("journalctl", "--rotate", "--vacuum-size=1M")  # far from a hundred, which would take old files too
    machine.run("systemd-cat", "echo", "one line at least")
    machine.run("journalctl", "--sync")
    machine.run("journalctl", "--rotate")
    source = next(path for path in files(machine) if path.name.startswith("system@"))
    number = source.stem.split("-")[1]
    months = {age: source.with_name(f"system@{age:032x}-{number}-{began_us(age * 30):016x}.journal") for age in (2, 5)}
    for copy in months.values():
        shutil.copy2(source, copy)
    machine.run("systemd-cat", "echo", "another line")
    machine.run("journalctl", "--sync")
    machine.run("journalctl", "--rotate")
    assert {age: copy.exists() for age, copy in months.items()} == {2: True, 5: False}


def test_the_camera_on_the_flat_cable_is_served_while_the_configuration_asks_for_it(machine: Machine) -> None:
    """By its own unit with a stand-in for rpicam-vid; the real one needs the real camera."""
    stand_in = machine.root / "usr/bin/rpicam-vid"
    python = "PYTHONPATH=/src exec /opt/gardenwatch/current/bin/python"
    stand_in.write_text(f'#!/bin/sh\n{python} -m tests.deploy.rpicam_vid "$@"\n')
    stand_in.chmod(0o755)
    file = machine.root / "etc/gardenwatch/gardenwatch.yaml"
    file.write_text(CONFIG.replace("http://127.0.0.1:8090/", STREAM))
    assert "Done." in install(machine)
    assert machine.run("systemctl", "is-enabled", "gardenwatch-picam") == "enabled"
    opened = f"journalctl -u gardenwatch -o cat | grep -q 'camera open name=.*{STREAM}' && echo opened"
    machine.wait_until("opened", "sh", "-c", opened)
    file.write_text(CONFIG)
    assert "Done." in install(machine)
    assert machine.run("systemctl", "is-enabled", "gardenwatch-picam", check=False) == "disabled"
    machine.wait_until("inactive", "systemctl", "is-active", "gardenwatch-picam")


def test_an_upgrade_migrates_the_database_and_an_older_version_leaves_it_alone(
    machine: Machine, wheels: Path, tmp_path: Path
) -> None:
    schema = ["python3", "-c", f"import sqlite3; print(*sqlite3.connect('{DATABASE}').execute('PRAGMA user_version'))"]
    began = machine.run("python3", "-c", STILL_THERE)
    later = "edge/store/migrations/0999_later.sql"
    made = changed(tmp_path, wheels, lambda source: (source / later).write_text("CREATE TABLE later (it TEXT);\n"))
    assert "Done." in install(machine, made)
    assert machine.run(*schema) == "(999,)"
    assert machine.run("python3", "-c", STILL_THERE) == began
    newer = programs(machine)
    assert "the version from before watches again" in install(machine)
    assert programs(machine) == newer
    machine.wait_until("active", "systemctl", "is-active", "gardenwatch")
    assert machine.run(*schema) == "(999,)"
    assert machine.run("python3", "-c", STILL_THERE) == began


def test_away_it_leaves_photos_records_and_configuration(machine: Machine) -> None:
    assert "Kept: /var/lib/gardenwatch" in machine.run("/src/deploy/uninstall.sh")
    assert machine.run("systemctl", "is-active", "gardenwatch", check=False) in ("inactive", "unknown")
    assert machine.run("ls", "/opt") == ""
    assert machine.run("test", "-s", "/var/lib/gardenwatch/gardenwatch.db") == ""
    assert machine.run("cat", "/etc/gardenwatch/gardenwatch.yaml") == CONFIG.strip()
