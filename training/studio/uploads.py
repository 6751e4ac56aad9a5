"""The temporary folder of what is dropped on the page: it goes when its studio goes, or when the next one comes."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol

PREFIX = "gardenwatch-studio-"
STUDIOS = 20
"""So many may make and clear folders in the same moment, and each still gets one."""


class _Held(Protocol):
    def close(self) -> None: ...


@contextmanager
def uploads_folder() -> Iterator[Path]:
    """A folder that is this process's own until the end; before, those of studios that were killed are cleared."""
    places = Path(tempfile.gettempdir())
    for left in places.glob(f"{PREFIX}*"):
        _clear(left)
    folder, held = _new_folder(places)
    try:
        with closing(held):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _new_folder(places: Path) -> tuple[Path, _Held]:
    for _attempt in range(STUDIOS):
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=places))
        held = _hold(folder)
        if held is not None and folder.is_dir():
            return folder, held
        if held is not None:  # another studio took it for a left one, and cleared it
            held.close()
    raise OSError(f"no folder of its own in {places}")


def _clear(folder: Path) -> None:
    """Nothing where a studio that lives holds it, or it is somebody else's."""
    held = _hold(folder)
    if held is None:
        return
    if sys.platform == "win32":
        held.close()  # or it could not be removed
    shutil.rmtree(folder, ignore_errors=True)
    held.close()


if sys.platform == "win32":
    OPEN = "open"
    """Windows removes no file that somebody has open: whose file can be removed, has ended."""

    def _hold(folder: Path) -> _Held | None:
        with suppress(FileNotFoundError):
            try:
                (folder / OPEN).unlink()
            except PermissionError:
                return None
        try:
            return (folder / OPEN).open("xb")
        except OSError:
            return None

else:
    import fcntl

    class _Descriptor:
        def __init__(self, descriptor: int) -> None:
            self._descriptor = descriptor

        def close(self) -> None:
            """May be called twice."""
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def _hold(folder: Path) -> _Held | None:
        """The system lets go of it when the process ends, however it ends; None where another one holds it."""
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        return _Descriptor(descriptor)
