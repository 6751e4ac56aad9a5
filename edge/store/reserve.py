"""A file that is given up when the disk is full, so that rows still fit."""

from __future__ import annotations

import os
from pathlib import Path

from edge.store.durable import remove

RESERVE = "gardenwatch.reserve"
_CHUNK = 1024 * 1024


class Reserve:
    """Space kept back. Written with random bytes, because a compressing file system keeps no room for zeros."""

    def __init__(self, data: Path, megabytes: int) -> None:
        self._path = data / RESERVE
        self._bytes = megabytes * _CHUNK

    def fill(self) -> None:
        """The whole reserve is on the disk. Raises OSError, and leaves nothing then."""
        if self._bytes == 0 or self._size() == self._bytes:
            return
        try:
            with open(self._path, "wb") as file:
                for _ in range(self._bytes // _CHUNK):
                    file.write(os.urandom(_CHUNK))
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
