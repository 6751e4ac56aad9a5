"""Files that are not what they should be: named, set aside, made again from what is left; never silently empty."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

from edge.store.schema import DATABASE
from edge.store.store import Store
from tests.faults.outcome import Outcome
from tests.faults.record import faults_of
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, run, sighting, visit

VISITS = 60
WITHIN_S = 60.0
"""Far more than a rebuild of so few photos takes."""


def spoilt_databases(times: int, folder: Path, seed: int = 4) -> Outcome:
    """Every way of damage in turn, each at random places; the watcher starts, records a visit, and all is there."""
    chance, broken = random.Random(seed), list[str]()
    before = Folder(folder / "before")
    with Store.open(before.path, SETTINGS, run()) as store:
        for second in range(VISITS):
            store.record(visit(sighting(second)))
            assert store.settle(60)
    kept = {id for (id,) in before.query("SELECT id FROM sightings")}
    aside = 0
    for number in range(times):
        name, spoil = list(WAYS.items())[number % len(WAYS)]
        data = Folder(folder / "spoilt")
        shutil.copytree(before.path, data.path)
        spoil(data.path / DATABASE, chance)
        faults = after_start(data, kept)
        aside += len(list(data.path.glob(f"{DATABASE}.aside-*[0-9]")))
        broken += [f"{number} ({name}): {fault}" for fault in faults]
        shutil.rmtree(data.path)
    seen = f"{VISITS} sightings each, all back from their photos; {aside} databases set aside"
    return Outcome("corrupt database", times, seen, tuple(broken))


def after_start(data: Folder, kept: set[str]) -> list[str]:
    """What is wrong once the watcher has started on it and recorded a visit more."""
    new = sighting(VISITS + 1)
    with Store.open(data.path, SETTINGS, run()) as store:
        store.record(visit(new))
        until = time.monotonic() + WITHIN_S
        while not _is_well(store, data, kept | {new.id}):
            if time.monotonic() > until:
                return [f"not well after {WITHIN_S:.0f} s: {store.health()}"]
            time.sleep(0.02)
    return faults_of(data, kept | {new.id})


def _is_well(store: Store, data: Folder, kept: set[str]) -> bool:
    if store.health().state != "ok" or store.health().queued:
        return False
    try:
        return kept <= {id for (id,) in data.query("SELECT id FROM sightings")} and data.photos() == data.named_photos()
    except Exception:  # damaged as it may still be
        return False


def _pages(database: Path, chance: random.Random) -> None:
    """A card that gives back rubbish for some pages."""
    content = bytearray(database.read_bytes())
    for _ in range(chance.randint(1, 6)):
        page = chance.randrange(1, len(content) // 4096)
        content[page * 4096 : (page + 1) * 4096] = chance.randbytes(4096)
    database.write_bytes(content)


def _bits(database: Path, chance: random.Random) -> None:
    content = bytearray(database.read_bytes())
    for _ in range(chance.randint(20, 400)):
        content[chance.randrange(100, len(content))] ^= 1 << chance.randrange(8)
    database.write_bytes(content)


def _zeros(database: Path, chance: random.Random) -> None:
    content = bytearray(database.read_bytes())
    first = chance.randrange(0, len(content) // 4096)
    content[first * 4096 : (first + 3) * 4096] = bytes(len(content[first * 4096 : (first + 3) * 4096]))
    database.write_bytes(content)


def _cut(database: Path, chance: random.Random) -> None:
    content = database.read_bytes()
    database.write_bytes(content[: chance.randrange(0, len(content))])


WAYS = {
    "pages of rubbish": _pages,
    "single bits": _bits,
    "pages of zeros": _zeros,
    "cut off": _cut,
    "empty": lambda database, _chance: database.write_bytes(b""),
    "something else": lambda database, chance: database.write_bytes(b"no database\n" * chance.randint(1, 999)),
    "gone": lambda database, _chance: database.unlink(),
}
