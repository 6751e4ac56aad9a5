"""Tells one time that the computer was switched on from another."""

from __future__ import annotations

import uuid
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """The kernel's; where there is none (Windows), every call is a boot of its own."""
    try:
        return BOOT_ID.read_text("ascii").strip()
    except OSError:
        return uuid.uuid4().hex
