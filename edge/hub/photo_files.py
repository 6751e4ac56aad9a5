"""The photos of all gardens as files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from edge.hub.said import PhotoSaid
from edge.store.durable import make_folder, remove, replace_all_durably, sync_folder
from edge.store.photos import FOLDER, NEW, path_of


class PhotoFiles:
    """As on a device: photos/ab/<sighting>-<number>.jpg. Names of sightings differ all over the world."""

    def __init__(self, data: Path) -> None:
        """Makes the folders; half photos of an earlier crash are gone. Raises OSError."""
        self._data, self._new = data, data / FOLDER / NEW
        data.mkdir(parents=True, exist_ok=True)
        make_folder(data / FOLDER)
        make_folder(self._new)
        for leftover in self._new.iterdir():
            remove(leftover)

    def write(self, photos: Sequence[PhotoSaid]) -> list[str]:
        """Durable when it returns; their paths. Raises OSError."""
        paths = [path_of(photo.sighting_id, photo.number) for photo in photos]
        files = {self._data / path: photo.content for path, photo in zip(paths, photos, strict=True)}
        for folder in {file.parent for file in files}:
            make_folder(folder)
        replace_all_durably(files, self._new)
        return paths

    def remove(self, paths: Iterable[str]) -> None:
        """Gone for good. Raises OSError."""
        folders = set()
        for path in paths:
            (self._data / path).unlink(missing_ok=True)
            folders.add((self._data / path).parent)
        for folder in folders:
            if folder.exists():
                sync_folder(folder)
