"""Writes and moves files so that a crash leaves the old state or the new one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """On the disk, not only in the system's memory, when this returns."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, data: bytes) -> None:
    """The old bytes or the new ones at any moment; nothing else where there is no room."""
    beside = path.with_name(path.name + ".part")
    try:
        write(beside, data)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def rename(old: Path, new: Path) -> None:
    """Nothing to do where only the new one is there. Raises FileExistsError rather than go over a file."""
    if old.exists() and new.exists():
        raise FileExistsError(str(new))
    if not new.exists():
        old.rename(new)


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """A new hidden folder next to `folder`, to be filled and moved; gone afterwards, or the next time where the process
    was killed. In it where it is a disk of its own."""
    place, name = folder.absolute().parent, f".gardenwatch-{folder.absolute().name}.part"
    part = (folder if folder.is_mount() else place) / name
    part.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)
