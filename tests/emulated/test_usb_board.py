"""The installed service with a board on a USB cable of the kernel: named, lit, pulled out, plugged in again."""

from __future__ import annotations

import pytest

from tests.emulated.conftest import CONFIG, never_started_again
from tests.rigs.vm.computer import Computer
from tests.rigs.vm.usb_uno import GADGET, LAMP, UDC

pytestmark = pytest.mark.emulated
PYTHON = "/opt/gardenwatch/current/bin/python"
UNO = "/dev/gardenwatch-uno"
BOARD = "board: {kind: pinpong}\nled: {pin: D13, show: [watching, blind, starting, fault]}\n"
"""Some of these is always so; a pest need not come."""


def pull(machine: Computer) -> None:
    machine.run("sh", "-c", f"echo >{GADGET}/UDC")


def plug(machine: Computer) -> None:
    machine.run("sh", "-c", f"cat {UDC} >{GADGET}/UDC")


def told(machine: Computer, state: str, times: int = 1) -> None:
    """Until the journal has told that state of the board so often."""
    count = f"journalctl -u gardenwatch -o cat | grep -c 'board state={state} '"
    machine.wait_until(str(times), "sh", "-c", count)


def test_an_uno_is_found_by_its_name_lit_and_found_again(machine: Computer) -> None:
    machine.run("systemctl", "stop", "gardenwatch")
    machine.run("systemd-run", "--unit=uno", "--working-directory=/src", PYTHON, "-m", "tests.rigs.vm.usb_uno")
    machine.wait_until("/dev/ttyACM0", "readlink", "-f", UNO)
    assert machine.run("stat", "-L", "-c", "%G %a", UNO) == "dialout 660"
    ignored = machine.run("udevadm", "info", "--query=property", "--property=ID_MM_DEVICE_IGNORE", "--value", UNO)
    assert ignored == "1", "ModemManager would talk to it"
    text = CONFIG.replace("board: {kind: none}\n", BOARD)
    machine.run("sh", "-c", f"printf '%s' '{text}' >/etc/gardenwatch/gardenwatch.yaml")
    machine.run("systemctl", "start", "gardenwatch")
    told(machine, "ready")
    machine.wait_until("1", "cat", str(LAMP))
    pull(machine)
    told(machine, "backoff")
    assert machine.run("cat", str(LAMP)) == "0"
    plug(machine)
    told(machine, "ready", 2)
    machine.wait_until("1", "cat", str(LAMP))
    machine.wait_until("0", "cat", str(LAMP))
    machine.run("systemctl", "stop", "gardenwatch")
    assert machine.run("cat", str(LAMP)) == "0"
    never_started_again(machine)


def test_another_serial_device_is_no_uno(machine: Computer) -> None:
    """The same cable with the ids of a modem."""
    pull(machine)
    machine.run("sh", "-c", f"echo 0x12d1 >{GADGET}/idVendor; echo 0x1001 >{GADGET}/idProduct")
    plug(machine)
    machine.wait_until("/dev/ttyACM0", "sh", "-c", "ls /dev/ttyACM*")
    machine.run("udevadm", "settle")
    assert machine.run("sh", "-c", f"test -e {UNO} || echo no") == "no"
