"""Lets pyserial list emulated ports as USB devices, without root; only in Gardenwatch's board worker.

Python imports a module of this name at its start. The worker gets this folder on PYTHONPATH, with
GARDENWATCH_RIG_PORTS=`/path/of/port=2341:0043,/other=1A86:7523`. A port that isn't there is not listed.
GARDENWATCH_RIG_WITHOUT=`pinpong` makes that package look as if it were not installed, `pinpong=0.5.2` as if it were
that version.
"""

from __future__ import annotations

import os
import sys


def list_also(described: str) -> None:
    from serial.tools import list_ports
    from serial.tools.list_ports_common import ListPortInfo

    real = list_ports.comports

    def comports(include_links: bool = False) -> list[ListPortInfo]:
        ports = list(real(include_links))
        for port in described.split(","):
            path, _, usb_id = port.partition("=")
            if os.path.exists(path):
                info = ListPortInfo(path)
                info.vid, info.pid = (int(part, 16) for part in usb_id.split(":"))
                info.hwid = f"USB VID:PID={usb_id} SER=RIG LOCATION=1-1"
                ports.append(info)
        return ports

    list_ports.comports = comports


def hide(package: str, other: str) -> None:
    from importlib import metadata

    real = metadata.version

    def version(distribution_name: str) -> str:
        if distribution_name == package and other:
            return other
        if distribution_name == package:
            raise metadata.PackageNotFoundError(distribution_name)
        return real(distribution_name)

    metadata.version = version


if "edge.board.worker" in sys.orig_argv:
    if ports := os.environ.get("GARDENWATCH_RIG_PORTS"):
        list_also(ports)
    if without := os.environ.get("GARDENWATCH_RIG_WITHOUT"):
        package, _, other = without.partition("=")
        hide(package, other)
