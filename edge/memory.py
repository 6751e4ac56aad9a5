"""Keeps the memory of a process that handles pictures small and flat."""

from __future__ import annotations

import ctypes
import gc
import os
import sys

# glibc's malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
LARGE = 2**20
"""A frame of 720p has 2.7 MB, the planes that vision works on under 0.25 MB."""
KEPT = 4 * LARGE
"""What one look at a frame takes and gives back again; handed back to the system it would cost 100 page faults."""


def give_back_large_blocks() -> None:
    """Has the C library return each freed picture to the system at once; other systems' libraries are left alone.

    By itself glibc keeps such blocks, one heap for each thread, and these grow ragged: a run over a 720p film peaked at
    188 to 277 MB, and with this at 176 to 177.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGE)
        mallopt(_M_TRIM_THRESHOLD, KEPT)
        mallopt(_M_ARENA_MAX, 2)


def start_lightly() -> None:
    """Before NumPy and the parts are imported: a start takes a fifth less of the processor. `settled` ends it."""
    gc.disable()  # importing makes no garbage, and looking for it takes 50 ms
    # NumPy's OpenBLAS would start a thread for each core, which spin for 30 ms; nothing here multiplies matrices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def settled() -> None:
    """What the start has made stays until the end, so Python's collector need not look through it again and again.

    Only where the start kept the collector away.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
