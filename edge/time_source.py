"""Whether a time source keeps the system's clock. Needs no other package, for the doctor asks where one is broken."""

from __future__ import annotations

import ctypes
import sys
from typing import Literal

ClockTrust = Literal["trusted", "untrusted"]

_STA_UNSYNC = 0x0040
"""adjtimex(2): no time source keeps the clock."""
_TIMEX_BYTES = 208
"""sizeof(struct timex) on 64-bit Linux; the status word stands behind five slots of eight bytes (linux/timex.h)."""
_STATUS_OFFSET = 40


def trust() -> ClockTrust:
    """Whether the kernel says that a time source keeps the clock; other systems' clocks are trusted."""
    if not sys.platform.startswith("linux"):
        return "trusted"
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.adjtimex(timex) < 0:
        return "untrusted"
    status = int.from_bytes(timex.raw[_STATUS_OFFSET : _STATUS_OFFSET + 4], sys.byteorder)
    return "untrusted" if status & _STA_UNSYNC else "trusted"
