"""What the journal of a machine takes and keeps, as journald itself says and does."""

from __future__ import annotations

import json
import time
from pathlib import Path

from tests.rigs.systemd.machine import Machine

USAGE = "ec387f577b844b8fa948f33cad9a75e6"
"""SD_MESSAGE_JOURNAL_USAGE: journald's own account, written at its start and each time that it makes room."""
FLOOD = """
import base64, os, sys
for number in range(int(sys.argv[1])):
    print(base64.b64encode(os.urandom(30000)).decode())
"""
"""40 kB a line, which journald can hardly pack: a few thousand lines stay under its limit of lines per service."""


def most(machine: Machine) -> int:
    """How many bytes journald says it may take on the disk."""
    lines = machine.run("journalctl", f"MESSAGE_ID={USAGE}", "-o", "json", "--no-pager").splitlines()
    told = [entry for entry in map(json.loads, lines) if entry["JOURNAL_NAME"] == "System Journal"]
    return int(told[-1]["MAX_USE"])


def files(machine: Machine) -> list[Path]:
    """On the disk, seen from outside."""
    return sorted((machine.root / "var/log/journal").glob("*/*.journal"))


def taken(machine: Machine) -> int:
    """Bytes on the disk, seen from outside."""
    return sum(path.stat().st_blocks * 512 for path in files(machine))


def flood(machine: Machine, mb: int) -> None:
    """Until a service has written so much."""
    writer = ["systemd-run", "--quiet", "--wait", "--unit=flood", "--property=LogRateLimitIntervalSec=0"]
    machine.run(*writer, "python3", "-c", FLOOD, str(mb * 25))
    machine.run("journalctl", "--sync")


def began_us(days: float) -> int:
    """The moment so many days ago, as journald writes it into a file's name."""
    return round((time.time() - days * 86400) * 1e6)
