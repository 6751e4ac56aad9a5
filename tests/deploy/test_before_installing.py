"""What the install script finds wrong before it changes anything, and the rules that name devices."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from edge.board.ports import BOARDS
from tests.conftest import PROJECT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the service runs on Linux")

WHY = "pinpong's installer would overwrite its second chip"


def refused(*words: str | Path) -> str:
    done = subprocess.run([PROJECT / "deploy" / "install.sh", "--dry-run", *words], capture_output=True, text=True)
    assert done.returncode == 1, done.stdout
    assert "would:" not in done.stdout, "nothing may be done before all is checked"
    return done.stderr


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer with systemctl, whatever the tests run on."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "systemctl").symlink_to("/bin/true")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert f"found {tmp_path / 'stick'}; check the path" in refused("--wheels", tmp_path / "stick")
    assert "found nothing" in refused("--wheels")


@pytest.mark.usefixtures("systemd")
def test_a_folder_without_our_wheels_is_told_how_to_fill_it(tmp_path: Path) -> None:
    said = refused("--wheels", tmp_path)
    assert f"found no gardenwatch-*.whl in {tmp_path}" in said
    assert f"deploy/wheels.sh DIR {os.uname().machine} 3." in said


@pytest.mark.usefixtures("systemd")
def test_wheels_for_another_computer_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "gardenwatch-0.1.0-py3-none-any.whl").touch()
    (tmp_path / "numpy-2.4.6-cp399-cp399-manylinux_2_28_riscv64.whl").touch()
    said = refused("--wheels", tmp_path)
    assert f"expected wheels for {os.uname().machine}" in said
    assert "riscv64" in said


@pytest.mark.usefixtures("systemd")
def test_a_full_disk_is_told_with_the_room_that_is_needed(tmp_path: Path) -> None:
    df = tmp_path / "bin" / "df"
    df.write_text("#!/bin/sh\nprintf 'a b c d e f\\n/dev/root 100 90 10 90%% /\\n'\n")
    df.chmod(0o755)
    assert "MB free for programs and a copy of the database; found 10 MB" in refused()


@pytest.mark.usefixtures("systemd")
def test_a_unihiker_is_not_given_pinpong_s_own_installer(tmp_path: Path) -> None:
    """It is known by a file in /opt, which here is one for these programs only."""
    within = "mount -t tmpfs tmpfs /opt && mkdir /opt/unihiker && touch /opt/unihiker/Version && exec"
    alone = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    if subprocess.run([*alone, f"{within} true"], capture_output=True).returncode != 0:
        pytest.skip("a mount namespace is not allowed here")
    install, wheels = PROJECT / "deploy" / "install.sh", PROJECT / "deploy" / "wheels.sh"
    told = subprocess.run([*alone, f"{within} {install} --dry-run"], capture_output=True, text=True)
    assert (told.returncode, told.stdout) == (1, "")
    assert f"expected --wheels on a UNIHIKER; found none: {WHY}" in told.stderr
    told = subprocess.run([*alone, f"{within} {wheels} {tmp_path / 'wheels'}"], capture_output=True, text=True)
    assert (told.returncode, (tmp_path / "wheels").exists()) == (1, False)
    assert "expected another computer than a UNIHIKER" in told.stderr


def test_the_rules_name_every_board_that_is_looked_for() -> None:
    rules = (PROJECT / "deploy" / "udev" / "70-gardenwatch.rules").read_text("utf-8").splitlines()
    for vendor, product in BOARDS["uno"]:
        fitting = [
            rule
            for rule in rules
            if "gardenwatch-uno" in rule
            and not rule.startswith("#")
            and f"{vendor:04x}" in _wanted(rule, "idVendor")
            and f"{product:04x}" in _wanted(rule, "idProduct", default=f"{product:04x}")
        ]
        assert len(fitting) == 1, f"{vendor:04x}:{product:04x}"
        ignored = [rule for rule in rules if "ID_MM_DEVICE_IGNORE" in rule]
        assert f"{vendor:04x}" in _wanted(ignored[0], "idVendor"), "ModemManager would talk to it"


def _wanted(rule: str, name: str, default: str = "") -> list[str]:
    found = re.search(rf'ATTRS\{{{name}\}}=="([^"]*)"', rule)
    return (found[1] if found else default).split("|")
