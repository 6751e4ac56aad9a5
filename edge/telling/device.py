"""The name by which this device is known to a broker."""

from __future__ import annotations

import hashlib
import re
import socket
import uuid
from pathlib import Path

MACHINE_ID = Path("/etc/machine-id")


def device_name(chosen: str | None, site: str | None) -> str:
    """The chosen one; else the site's or computer's name with six digits that no other computer has, because all
    Raspberry Pis are called alike."""
    if chosen is not None:
        return chosen
    plain = re.sub(r"[^a-z0-9]+", "-", (site or "").lower()).strip("-") or socket.gethostname().split(".")[0].lower()
    plain = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "garden"
    return f"{plain[:40]}-{hashlib.sha256(_machine()).hexdigest()[:6]}"


def _machine() -> bytes:
    """machine-id(5) asks not to show it as it is, so only its hash is used."""
    try:
        return b"gardenwatch" + MACHINE_ID.read_bytes().strip()
    except OSError:
        return b"gardenwatch" + str(uuid.getnode()).encode()
