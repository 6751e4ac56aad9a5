"""Where an export writes: a folder, or a ZIP that flows out as it grows."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from io import RawIOBase, TextIOWrapper
from pathlib import Path
from typing import IO, Any, Protocol
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

AT_ONCE = 64 * 1024


class Target(Protocol):
    """Takes files by their names, with forward slashes."""

    def copy(self, source: Path, name: str) -> bool:
        """False where the source is not there any more. Raises OSError."""

    def text(self, name: str) -> AbstractContextManager[IO[str]]:
        """A text file, whole when the block ends. Raises OSError."""


class Folder:
    """A folder that is there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def copy(self, source: Path, name: str) -> bool:
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source, target)
        except FileNotFoundError:
            return False
        return True

    def text(self, name: str) -> AbstractContextManager[IO[str]]:
        return open(self._folder / name, "w", newline="", encoding="utf-8")


class Zip:
    """A ZIP of which nothing lies on the disk: what `taken` gives is sent on.

    Photos go in at once. A text file grows without a name in the system's folder for temporary files, and goes in when
    it is whole. A ZIP that was broken off has no list of its files at the end, so that nobody takes it for whole.
    """

    def __init__(self) -> None:
        self._out = _Outflow()
        self._zip = ZipFile(self._out, "w", ZIP_STORED)

    def copy(self, source: Path, name: str) -> bool:
        try:
            content = source.read_bytes()
        except FileNotFoundError:
            return False
        self._zip.writestr(_entry(name), content, ZIP_STORED)  # photos do not get smaller
        return True

    @contextmanager
    def text(self, name: str) -> Iterator[IO[str]]:
        with tempfile.TemporaryFile() as file:
            text = TextIOWrapper(file, encoding="utf-8", newline="")
            yield text
            text.flush()
            file.seek(0)
            entry = _entry(name)
            entry.compress_type = ZIP_DEFLATED
            with self._zip.open(entry, "w", force_zip64=True) as within:
                shutil.copyfileobj(file, within, AT_ONCE)
            text.detach()

    def taken(self) -> bytes:
        """What was written since the last call."""
        return self._out.taken()

    def close(self) -> None:
        """Writes the list of the files."""
        self._zip.close()


def _entry(name: str) -> ZipInfo:
    """Without a time: photos carry their own, and a ZIP knows no zone."""
    entry = ZipInfo(name)
    entry.external_attr = 0o644 << 16
    return entry


class _Outflow(RawIOBase):
    """A file that only grows and is read once."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        content, self._pieces = b"".join(self._pieces), []
        return content
