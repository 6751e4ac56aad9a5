"""Runs in the virtual machine: an Uno on a USB cable that is all kernel, its lamp written to /run/lamp.

    python -m tests.rigs.vm.usb_uno            makes it, plugs it in, answers as pinpong's firmware until it is ended
    echo > GADGET/UDC                          pulls the cable
    cat /run/udc > GADGET/UDC                  plugs it in again

dummy_hcd is a USB host and a USB device in one, without hardware: the ids, the serial line and its going away are those
of a real cable, so that udev, pyserial and the unit's rules for devices see what they would see.
"""

from __future__ import annotations

import os
import subprocess
import time
import tty
from pathlib import Path

from tests.rigs.uno.firmware import Firmware

GADGET = Path("/sys/kernel/config/usb_gadget/uno")
LAMP = Path("/run/lamp")
UDC = Path("/run/udc")
LINE = "/dev/ttyGS0"
IDS = {"idVendor": "0x2341", "idProduct": "0x0043"}
"""An Arduino Uno R3."""
NAMES = {"serialnumber": "5573932383735", "manufacturer": "Arduino (www.arduino.cc)", "product": "Uno R3"}


def make() -> None:
    for module in ("dummy_hcd", "libcomposite", "usb_f_acm"):
        subprocess.run(["modprobe", module], check=True)
    GADGET.mkdir()
    names, part = GADGET / "strings/0x409", GADGET / "configs/c.1"
    names.mkdir()
    for folder, values in ((GADGET, IDS), (names, NAMES)):
        for name, value in values.items():
            (folder / name).write_text(value)
    part.mkdir()
    line = GADGET / "functions/acm.usb0"
    line.mkdir()
    (part / "acm.usb0").symlink_to(line)
    UDC.write_text(next(Path("/sys/class/udc").iterdir()).name)


def answer(line: int) -> None:
    """As the board does, until the cable is pulled. Raises OSError then."""

    def lamp(pin: int, on: bool) -> None:
        if pin == 13:
            LAMP.write_text(f"{int(on)}\n")

    def say(data: bytes) -> None:
        os.write(line, data)

    firmware = Firmware((2, 8), lamp, say)
    while data := os.read(line, 4096):
        firmware.feed(data)
    raise OSError("hung up")


def main() -> None:
    make()
    (GADGET / "UDC").write_text(UDC.read_text())

    while True:
        try:
            line = os.open(LINE, os.O_RDWR | os.O_NOCTTY)
        except OSError:  # the cable is out
            time.sleep(0.2)
            continue
        try:
            tty.setraw(line)
            answer(line)
        except OSError:
            os.close(line)
        LAMP.write_text("0\n")


if __name__ == "__main__":
    main()
