"""The photos of a batch: all on the disk when they are named."""

from __future__ import annotations

import errno
import os
from collections.abc import Collection
from pathlib import Path
from stat import S_ISDIR

import pytest

from edge.hub.photo_files import PhotoFiles
from edge.hub.said import PhotoSaid

NAMES = [f"{number:02x}" * 16 for number in range(40)]


def said(id: str, content: bytes) -> PhotoSaid:
    return PhotoSaid(id, 1, content, "", 48, 48)


def contents(folder: Path, paths: Collection[str]) -> list[bytes]:
    return [(folder / path).read_bytes() for path in paths]


def test_a_batch_is_on_the_disk_before_its_paths_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: set[int] = set()

    def noted(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_ino)

    files = PhotoFiles(tmp_path)
    monkeypatch.setattr("edge.store.durable.os.fsync", noted)
    paths = files.write([said(id, id.encode()) for id in NAMES])
    assert contents(tmp_path, paths) == [id.encode() for id in NAMES]
    places = [tmp_path / path for path in paths]
    assert {place.stat().st_ino for place in [*places, *(place.parent for place in places)]} <= synced
    assert list((tmp_path / "photos" / ".new").iterdir()) == []


def test_a_full_disk_leaves_earlier_photos_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub tries again; until then the rows still name what was there."""
    files, fsync = PhotoFiles(tmp_path), os.fsync
    paths = files.write([said(id, b"before") for id in NAMES])

    def full(descriptor: int) -> None:
        if not S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    monkeypatch.setattr("edge.store.durable.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write([said(id, b"after") for id in NAMES])
    assert contents(tmp_path, paths) == [b"before"] * len(NAMES)
    assert list((tmp_path / "photos" / ".new").iterdir()) == []
    monkeypatch.setattr("edge.store.durable.os.fsync", fsync)
    files.write([said(id, b"after") for id in NAMES])
    assert contents(tmp_path, paths) == [b"after"] * len(NAMES)
