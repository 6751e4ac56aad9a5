"""Whether the watcher is surely gone, long before its silence alone would tell."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from ctypes import POINTER, byref, c_int, c_ulong, c_void_p
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from edge import heartbeat
from edge.boot import BOOT_ID, boot_id

# PROCESS_QUERY_LIMITED_INFORMATION, ERROR_INVALID_PARAMETER, STILL_ACTIVE of winnt.h, winerror.h, minwinbase.h
_QUERY, _NO_SUCH_PROCESS, _STILL_ACTIVE = 0x1000, 87, 259
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
    if pid <= 0:
        return True
    if sys.platform == "win32":  # os.kill would end it there
        import ctypes

        return is_there_on_windows(pid, ctypes.WinDLL("kernel32", use_last_error=True), ctypes.get_last_error)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's
        return True
    return True


def is_there_on_windows(pid: int, kernel: Any, last_error: Callable[[], int]) -> bool:
    """Whether `kernel` (kernel32.dll) knows a process of that number that has not ended.

    https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openprocess and
    -getexitcodeprocess. True where it cannot be told, as of somebody else's.
    """
    kernel.OpenProcess.restype = c_void_p
    kernel.OpenProcess.argtypes = (c_ulong, c_int, c_ulong)
    kernel.GetExitCodeProcess.argtypes = (c_void_p, POINTER(c_ulong))
    kernel.CloseHandle.argtypes = (c_void_p,)
    handle = kernel.OpenProcess(_QUERY, False, pid)
    if not handle:
        return last_error() != _NO_SUCH_PROCESS
    code = c_ulong(_STILL_ACTIVE)
    kernel.GetExitCodeProcess(handle, byref(code))
    kernel.CloseHandle(handle)
    return code.value == _STILL_ACTIVE
