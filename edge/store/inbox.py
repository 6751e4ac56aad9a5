"""What waits for the disk: at most one entry per sighting, a bounded number of pictures."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from edge.records import Change, Shot, Sighting
from edge.store.notices import Notice

# Rows without pictures that a dead disk may pile up in memory: about 2 kB each, 10 MB together.
MOST_ROWS = 5000
# Pictures of whole frames (mode `frame`, 2.7 MB each at 720p) must not eat the memory of a 1 GB Pi.
MOST_PICTURE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """All changes of one sighting that wait, as one."""

    sighting: Sighting
    shot: Shot | None
    opens: bool
    closes: bool
    shot_lost: bool = False
    """A picture was given up because the disk was too slow."""
    withheld: bool = False
    """No picture that came before may be kept."""
    notices: tuple[Notice, ...] = ()
    """Who is to hear of it, once it is on the disk."""

    @classmethod
    def of(cls, change: Change, notices: Iterable[Notice] = ()) -> Entry:
        opens, closes = change.kind == "opened", change.kind == "closed"
        own = tuple(one for one in notices if one.sighting_id == change.sighting.id)
        return cls(change.sighting, change.shot, opens, closes, withheld=change.withheld, notices=own)

    def then(self, later: Entry) -> Entry:
        """This entry with what came after it; the later picture is the better one, or takes back the earlier."""
        shot = later.shot or (None if later.withheld else self.shot)
        return Entry(
            later.sighting,
            shot,
            self.opens or later.opens,
            self.closes or later.closes,
            (self.shot_lost or later.shot_lost) and not shot and not later.withheld,
            later.withheld or (self.withheld and not later.shot),
            self.notices + later.notices,
        )


class Inbox:
    """Takes from the loop without ever waiting; gives to the one writer thread.

    No opening or closing is dropped for want of room: a better picture is given up first, then the picture of an
    opening. Only after `MOST_ROWS` sightings the oldest goes, and is counted as lost.
    """

    def __init__(self, most_pictures: int) -> None:
        self._most_pictures = most_pictures
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._changed = threading.Condition()
        self._stopping = False
        self._busy = False
        self.lost = 0

    def put(self, changes: Iterable[Change], notices: Iterable[Notice] = ()) -> None:
        with self._changed:
            for change in changes:
                key, entry = change.sighting.id, Entry.of(change, notices)
                self._entries[key] = self._entries[key].then(entry) if key in self._entries else entry
                self._make_room(key)
            self._changed.notify_all()

    def take(self, timeout_s: float) -> Entry | None:
        """The oldest entry; None after that time, or where a stop is wanted and nothing waits."""
        with self._changed:
            self._changed.wait_for(lambda: self._entries or self._stopping, timeout_s)
            self._busy = bool(self._entries)
            return self._entries.popitem(last=False)[1] if self._entries else None

    def give_back(self, entry: Entry) -> None:
        """An entry that could not be written goes first again, with what came meanwhile."""
        with self._changed:
            key = entry.sighting.id
            newer = self._entries.get(key)
            self._entries[key] = entry.then(newer) if newer else entry
            self._entries.move_to_end(key, last=False)
            self._make_room(key)
            self._busy = False
            self._changed.notify_all()

    def done(self) -> None:
        """The entry last taken is on the disk, or given up."""
        with self._changed:
            self._busy = False
            self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    @property
    def stopping(self) -> bool:
        return self._stopping

    def wait_for_stop(self, timeout_s: float) -> bool:
        """A pause of the writer that a stop ends."""
        with self._changed:
            return self._changed.wait_for(lambda: self._stopping, timeout_s)

    def wait_until_empty(self, timeout_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._entries and not self._busy, timeout_s)

    def __len__(self) -> int:
        return len(self._entries)

    def _make_room(self, newest: str) -> None:
        while self._too_many_pictures():
            with_picture = [key for key, entry in self._entries.items() if entry.shot is not None]
            better = [key for key in with_picture if not self._entries[key].opens]
            key = better[0] if better else newest if newest in with_picture else with_picture[0]
            self._entries[key] = replace(self._entries[key], shot=None, shot_lost=True)
        while len(self._entries) > MOST_ROWS:
            self._entries.popitem(last=False)
            self.lost += 1

    def _too_many_pictures(self) -> bool:
        sizes = [entry.shot.image.nbytes for entry in self._entries.values() if entry.shot is not None]
        return len(sizes) > self._most_pictures or sum(sizes) > MOST_PICTURE_BYTES
