"""One watcher per data folder."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from edge.errors import StoreError
from edge.language import _

LOCK = "gardenwatch.lock"
# Windows locks byte ranges, and a locked byte cannot be read: far behind the process id that others want to read.
_WINDOWS_BYTE = 1 << 20
# flock says EAGAIN where another holds it, msvcrt EACCES or EDEADLK.
_HELD = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        os.lseek(descriptor, _WINDOWS_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """Held until released; the system lets go of it when the process ends, however it ends.

    The file stays behind; only the lock on it counts. Raises StoreError where another process holds it,
    OSError where the folder cannot be written.
    """

    def __init__(self, data: Path) -> None:
        self._descriptor = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _try_lock(self._descriptor)
        except OSError as error:
            if error.errno not in _HELD:
                os.close(self._descriptor)
                raise
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            holder = os.read(self._descriptor, 32).decode("ascii", "replace").strip() or "?"
            os.close(self._descriptor)
            raise StoreError(
                _("a data folder of its own, not {path}").format(path=data),
                _("another gardenwatch using it (process {holder})").format(holder=holder),
                _("stop that one first, or give this one another folder with --data"),
            ) from error
        self._write_pid()

    def release(self) -> None:
        """May be called twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _write_pid(self) -> None:
        """The id is only told to people, so a full disk must not hinder the lock."""
        try:
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, f"{os.getpid()}\n".encode("ascii"))
        except OSError:
            return
