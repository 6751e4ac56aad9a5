"""Whether the watcher is surely gone, long before its silence alone would tell."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge import heartbeat
from edge.boot import BOOT_ID, boot_id

MISSED = timedelta(seconds=heartbeat.EVERY_S + 5)
"""A beat that did not come. From another container the watcher's process cannot be seen, but its beats can."""


def is_gone(data: Path) -> bool:
    """It missed a beat, and its process is there no more, or was of an earlier boot. False where nothing is known."""
    beat = heartbeat.read(data) or {}
    try:
        at, pid, boot = datetime.fromisoformat(str(beat["at"])), int(beat["pid"]), str(beat["boot_id"])
        if abs(datetime.now(UTC) - at) < MISSED:  # by the system's clock, which the watcher writes by
            return False
    except (KeyError, ValueError, TypeError):
        return False
    return (BOOT_ID.exists() and boot != boot_id()) or not _is_there(pid)


def _is_there(pid: int) -> bool:
    if sys.platform == "win32" or pid <= 0:  # there, asking would end it
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's
        return True
    return True
