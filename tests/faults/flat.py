"""Whether a process grows: memory, handles, threads."""

from __future__ import annotations

from typing import NamedTuple

import psutil


class Size(NamedTuple):
    """Of this process now."""

    rss_mb: float
    handles: int
    threads: int

    def __str__(self) -> str:
        return f"{self.rss_mb:.0f} MB, {self.handles} handles, {self.threads} threads"


def size() -> Size:
    process = psutil.Process()
    return Size(process.memory_info().rss / 2**20, process.num_fds(), process.num_threads())


def grown(before: Size, after: Size, mb: float = 15.0, handles: int = 2, threads: int = 1) -> list[str]:
    """What grew by more than that; nothing where all is flat."""
    most = Size(mb, handles, threads)
    return [
        f"{name} grew from {one:.0f} to {other:.0f}"
        for name, one, other, much in zip(Size._fields, before, after, most, strict=True)
        if other - one > much
    ]
