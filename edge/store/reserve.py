"""A file that is given up when the disk is full, so that rows still fit."""

from __future__ import annotations

import os
from pathlib import Path

from edge.store.durable import remove

RESERVE = "gardenwatch.reserve"
_CHUNK = 1024 * 1024


class Reserve:
    """Space kept back. Written with random bytes, because a compressing file system keeps no room for zeros.

    The same megabyte again and again: none looks back so far (btrfs 128 kB, ZFS a record of at most 1 MB by default).
    """

    def __init__(self, data: Path, megabytes: int) -> None:
        self._path = data / RESERVE
        self._bytes = megabytes * _CHUNK

    def fill(self) -> None:
        """The whole reserve is on the disk. Raises OSError, and leaves nothing then."""
        if self._bytes == 0 or self._size() == self._bytes:
            return
        try:
            chunk = os.urandom(_CHUNK)
            with open(self._path, "wb") as file:
                for _ in range(self._bytes // _CHUNK):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            remove(self._path)
            raise

    def free(self) -> bool:
        """Gives the space up; False where there was none."""
        held = self._size() > 0
        remove(self._path)
        return held and self._size() == 0

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except OSError:
            return 0
