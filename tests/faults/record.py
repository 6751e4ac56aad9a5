"""Looks into a data folder after a fault, as its owner would after the next start."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection

from PIL import Image

from edge.store.store import Store
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, run

_FURTHER = "SELECT sha256 FROM further_photos ORDER BY sighting_id, number"
SWEPT_WITHIN_S = 60.0
"""Far more than a sweep of some hundred photos takes, so that a busy machine is no fault."""


def faults_after_start(folder: Folder, reported: Collection[str]) -> list[str]:
    """Starts the store, lets it mend what it will, stops it; then what is wrong with the record.

    `reported` are sightings of which somebody was told that they are safe.
    """
    with Store.open(folder.path, SETTINGS, run()):
        until = time.monotonic() + SWEPT_WITHIN_S
        while folder.query("SELECT count(*) FROM sweep") != [(0,)]:
            if time.monotonic() > until:
                return [f"photos are not swept after {SWEPT_WITHIN_S:.0f} s"]
            time.sleep(0.005)
    return faults_of(folder, reported)


def faults_of(folder: Folder, reported: Collection[str]) -> list[str]:
    """What is wrong with the record as it lies there."""
    sound = folder.query("PRAGMA integrity_check") + folder.query("PRAGMA foreign_key_check")
    faults = [] if sound == [("ok",)] else [f"database: {sound[:3]}"]
    query = "SELECT s.id, s.closed, p.path, p.sha256, p.missing FROM sightings s JOIN photos p ON p.sighting_id = s.id"
    rows = folder.query(query)
    there, named = folder.photos(), {path: digest for _id, _closed, path, digest, _missing in rows if path}
    further = dict(zip(folder.further_photos(), folder.query(_FURTHER), strict=True))
    named |= {path: digest for path, (digest,) in further.items()}
    faults += [f"photo of no row: {path}" for path in sorted(there - named.keys())]
    faults += [f"row without its photo: {path}" for path in sorted(named.keys() - there)]
    faults += [
        f"no whole photo: {path}" for path in sorted(named.keys() & there) if not _whole(folder, path, named[path])
    ]
    faults += [f"still open: {id}" for id, closed, *_photo in rows if not closed]
    kept = {id for id, _closed, path, _digest, missing in rows if path or missing == "expired"}
    faults += [f"reported, but not there with a photo: {id}" for id in sorted(set(reported) - kept)]
    return faults


def _whole(folder: Folder, path: str, digest: str) -> bool:
    file = folder.path / path
    try:
        with Image.open(file) as image:
            image.load()
    except OSError:
        return False
    return hashlib.sha256(file.read_bytes()).hexdigest() == digest
