"""Which serial port the board is on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

UsbId = tuple[int, int]

BOARDS: dict[str, dict[UsbId, str]] = {
    # pinpong itself looks for the first and the last of an Uno's only; most boards in schools are clones.
    "uno": {
        (0x2341, 0x0043): "Arduino Uno R3",
        (0x2341, 0x0243): "Arduino Uno R3, another production line",
        (0x2341, 0x0001): "Arduino Uno R1 and R2",
        (0x2A03, 0x0043): "Arduino Uno R3 of arduino.org",
        (0x3343, 0x0043): "DFRobot DFRduino Uno R3",
        # Adapter chips that clones use, and other devices too: after the boards that can be nothing else.
        (0x1A86, 0x7523): "clone with a CH340",
        (0x0403, 0x6001): "clone with an FTDI FT232R",
        (0x10C4, 0xEA60): "clone with a CP210x",
    },
    "leonardo": {(0x2341, 0x8036): "Arduino Leonardo", (0x3343, 0x8036): "DFRobot Leonardo"},
    "mega2560": {(0x2341, 0x0042): "Arduino Mega 2560", (0x3343, 0x0042): "DFRobot Mega 2560"},
    "microbit": {(0x0D28, 0x0204): "micro:bit"},
    "handpy": {(0x1A86, 0x55D4): "mPython with a CH9102", (0x10C4, 0xEA60): "mPython with a CP210x"},
    # On no cable: this computer's own pins.
    "rpi": {},
    "unihiker": {},
}
"""What pinpong knows and 64-bit computers can use, by its name: USB id → what has it, the surest first. Only an Uno is
tested. Sources: usb.ids, pinpong 0.6.2 `base/comm.py`."""

OWN_PINS = frozenset({"rpi", "unihiker"})
GPIO = "GPIO"
"""What stands for a port where there is none."""


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port as pyserial lists it."""

    device: str
    usb: UsbId | None
    """None for a port that is not on USB."""


def listed() -> tuple[Port, ...]:
    """The serial ports of this machine now, sorted by name.

    Raises ImportError where pyserial is not installed.
    """
    from serial.tools import list_ports

    ports = (
        Port(port.device, None if port.vid is None or port.pid is None else (port.vid, port.pid))
        for port in list_ports.comports()
    )
    return tuple(sorted(ports, key=lambda port: port.device))


def candidates(board: str, ports: Iterable[Port]) -> list[str]:
    """The ports on which such a board may be, the likeliest first."""
    order = list(BOARDS.get(board, ()))
    likely = [port for port in ports if port.usb in order]
    return [port.device for port in sorted(likely, key=lambda port: order.index(port.usb or (0, 0)))]


def listed_name(wanted: str, ports: Iterable[Port]) -> str | None:
    """The name under which pyserial lists the port that a person named; None where it is not listed.

    pinpong gives up a port that is not listed under the name it was given, so that it must never see a
    symlink such as /dev/serial/by-id/... (pinpong 0.6.2, `pymata4.py:444`).
    """
    devices = [port.device for port in ports]
    if wanted in devices:
        return wanted
    if not Path(wanted).exists():
        return None
    return next((device for device in devices if Path(device).exists() and Path(wanted).samefile(device)), None)
