"""Keeps the memory of a process that handles pictures small and flat."""

from __future__ import annotations

import ctypes
import gc
import os
import sys

# glibc's malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
OF_A_FRAME = 2**20
"""A frame of 720p has 2.7 MB, the planes that vision works on under 0.25 MB."""
OF_A_MODEL = 2**16
"""Nearly all numbers of a network are in larger blocks. Reading it makes each of them two or three times."""
KEPT = 4 * OF_A_FRAME
"""What one look at a frame takes and gives back again; handed back to the system it would cost 100 page faults."""


def give_back_blocks(least: int) -> None:
    """Has the C library return each freed block of so many bytes to the system at once, where that is glibc.

    By itself glibc keeps such blocks, one heap for each thread, and these grow ragged: a run over a 720p film peaked at
    188 to 277 MB, and with `OF_A_FRAME` at 176 to 177. A model read with that leaves as much behind as it has numbers,
    in blocks between them; with `OF_A_MODEL`, later, every layer's answer would cost page faults.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, least)
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
