"""Looks at the disk that the data folder is on."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from edge.finding import NOT_RECORDED, Finding
from edge.language import _

LOW_DISK_MB = 500
"""About a week of photos of a busy garden (a photo has 20 to 60 kB)."""
SLOW_DISK_S = 2.0
"""A healthy card syncs a megabyte in 0.05 to 0.3 s; at two seconds a photo waits noticeably."""


def disk(data: Path) -> Finding:
    """Whether it can be written, has room, and is fast enough; writes one megabyte and takes it away again."""
    what = _("disk")
    folder = next(parent for parent in (data, *data.resolve().parents) if os.path.lexists(parent))
    lowered = os.access in os.supports_effective_ids  # a user's rights may be lowered; Windows knows one user only
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK, effective_ids=lowered):
        todo = _("choose another `data` folder, or give this user the right to write there")
        return Finding(what, "broken", _("{folder} cannot be written").format(folder=folder), todo, NOT_RECORDED)
    free_mb = shutil.disk_usage(folder).free // 2**20
    try:
        seconds = _sync_seconds(folder)
    except OSError as error:
        todo = _("free space, or look at the card (dmesg): it may have turned read-only")
        return Finding(what, "broken", f"{folder}: {error.strerror}", todo, NOT_RECORDED)
    found = _("{folder}: {free} MB free, one megabyte safe in {seconds:.2f} s").format(
        folder=folder, free=free_mb, seconds=seconds
    )
    if free_mb < LOW_DISK_MB:
        return Finding(what, "warning", found, _("free some space: when it is full, photos are left out"))
    if seconds > SLOW_DISK_S:
        return Finding(what, "warning", found, _("a slow card: use one of class A1 or better"))
    return Finding(what, "ok", found)


def _sync_seconds(folder: Path) -> float:
    """How long one megabyte takes until it is safe against a power cut."""
    start = time.perf_counter()
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(os.urandom(2**20))
        file.flush()
        os.fsync(file.fileno())
    return time.perf_counter() - start
