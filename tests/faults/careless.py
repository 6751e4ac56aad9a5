"""Ways to write carelessly, each of which a bench has to notice: `python -m tests.faults.careless WAY MODULE [ARGS]`.

Runs the module as it is, with one care of the store left out.
"""

from __future__ import annotations

import hashlib
import os
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge.store import connection, durable, photos, writer
from edge.store.photo_record import PhotoRecord, to_exif
from edge.store.photos import Photo, Photos
from edge.store.store import Store


def files_are_not_synced() -> None:
    def write(final: Path, content: bytes, temporary: Path) -> None:
        temporary.write_bytes(content)
        os.replace(temporary, final)
        durable.sync_folder(final.parent)

    photos.write_durably = write


def folders_are_not_synced() -> None:
    durable.sync_folder = lambda folder: None


def photos_are_written_in_place() -> None:
    def write(final: Path, content: bytes, temporary: Path) -> None:
        with final.open("wb", buffering=0) as file:
            for start in range(0, len(content), 512):
                file.write(content[start : start + 512])
            os.fsync(file.fileno())
        durable.sync_folder(final.parent)

    photos.write_durably = write


def rows_come_before_photos() -> None:
    waiting = list[tuple[Path, bytes, Path]]()
    save = writer.rows.save

    def write(self: Photos, image: Any, record: PhotoRecord, further: bool = False) -> Photo:
        content = photos.jpeg(image, 85, to_exif(record))
        path = (photos.path_of_further if further else photos.path_of)(record.sighting.id, record.number)
        final = self._data / path
        waiting.append((final, content, self._new / final.name))
        return Photo(path, hashlib.sha256(content).hexdigest(), *image.shape[1::-1], len(content))

    def save_first(*values: Any) -> None:
        save(*values)
        while waiting:
            final, content, temporary = waiting.pop()
            durable.make_folder(final.parent)
            durable.write_durably(final, content, temporary)

    Photos.write = write  # type: ignore[method-assign]
    writer.rows.save = save_first


def old_photos_go_before_the_row_has_the_new_one() -> None:
    write = Photos.write

    def write_and_remove(self: Photos, image: Any, record: PhotoRecord, further: bool = False) -> Photo:
        photo = write(self, image, record, further)
        if not further:
            (self._data / photos.path_of(record.sighting.id, record.number - 1)).unlink(missing_ok=True)
            durable.sync_folder((self._data / photo.path).parent)
        return photo

    Photos.write = write_and_remove  # type: ignore[method-assign]


def old_photos_are_not_removed_for_good() -> None:
    durable.Removals.sync = lambda self: None  # type: ignore[method-assign]


def rows_are_not_synced() -> None:
    connect = connection.connect

    def careless(path: Path) -> Any:
        db = connect(path)
        db.execute("PRAGMA synchronous = OFF")
        return db

    connection.connect = careless


def what_waits_is_told_as_safe() -> None:
    Store.settle = lambda self, timeout_s: True  # type: ignore[method-assign]


def recording_waits_for_the_disk() -> None:
    record = Store.record

    def wait(self: Store, *values: Any) -> None:
        record(self, *values)
        self.settle(60)

    Store.record = wait  # type: ignore[method-assign]


def rows_are_given_up_on_a_sick_disk() -> None:
    writer.is_of_the_disk = lambda error: False


def a_sick_disk_stays_so() -> None:
    writer.Condition.recover = lambda self, write_row: None  # type: ignore[method-assign]


WAYS: dict[str, Callable[[], None]] = {
    way.__name__: way
    for way in (
        files_are_not_synced,
        folders_are_not_synced,
        photos_are_written_in_place,
        rows_come_before_photos,
        old_photos_go_before_the_row_has_the_new_one,
        old_photos_are_not_removed_for_good,
        rows_are_not_synced,
        what_waits_is_told_as_safe,
        recording_waits_for_the_disk,
        rows_are_given_up_on_a_sick_disk,
        a_sick_disk_stays_so,
    )
}


def main(way: str, module: str, *arguments: str) -> None:
    WAYS[way]()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
