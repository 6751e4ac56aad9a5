"""Tests as a user who may not do everything, even where they run as root."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534


@contextmanager
def without_rights(closed: Path, mode: int = 0) -> Iterator[None]:
    """Inside, `closed` has that mode, and this process is nobody where it was root."""
    if sys.platform == "win32":
        pytest.skip("Windows keeps rights in another way")
    before = closed.stat().st_mode
    root = os.geteuid() == 0
    if root:
        for parent in closed.parents:  # nobody must be able to come as far as the closed folder
            if parent.stat().st_uid == 0 and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o011)
    closed.chmod(mode)
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        closed.chmod(before)
