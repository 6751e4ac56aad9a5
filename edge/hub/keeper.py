"""Stores what gardens tell: each batch one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

import psycopg
from psycopg.types.json import Jsonb

from edge.hub import statements
from edge.hub.photo_files import PhotoFiles
from edge.hub.said import EffortSaid, PhotoSaid, Refused, SightingSaid, StateSaid, Told, said_in, told_by
from edge.hub.tellers import Tellers

log = logging.getLogger(__name__)

TAKEN_BACK = ("deleted", "withheld")
"""Why a photo is missing that must be nowhere else, either."""


@dataclass(frozen=True, slots=True)
class Message:
    """One of the broker; the topic is below the common one."""

    topic: str
    payload: bytes


@dataclass(slots=True)
class Outcome:
    """What became of a batch."""

    stored: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    """Numbers that need not be told again, also of what was refused: by garden and record."""
    refused: int = 0


S = TypeVar("S", SightingSaid, EffortSaid, PhotoSaid)


@dataclass(frozen=True, slots=True)
class _One(Generic[S]):
    message: Message
    told: Told
    said: S


_Bad = list[tuple[Message, str]]


class Keeper:
    """Used by one thread only."""

    def __init__(self, db: psycopg.Connection, files: PhotoFiles) -> None:
        self._db, self._files = db, files
        self._tellers = Tellers()
        self._tidy()

    def store(self, messages: Sequence[Message]) -> Outcome:
        """All of them, once and for all; what cannot be kept is put aside. What is older than what is known already
        changes nothing. Raises psycopg.OperationalError and OSError, and has stored nothing then."""
        try:
            return self._at_once(messages)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            self._tellers = Tellers()  # the new ones' rows went with the transaction
            if len(messages) == 1:
                return self._refuse_alone(messages[0], str(error))
            log.warning("a batch does not fit, each message is stored alone error=%s", error)
        whole = Outcome()
        for one in messages:
            part = self.store([one])
            whole.refused += part.refused
            for key, numbers in part.stored.items():
                whole.stored.setdefault(key, []).extend(numbers)
        return whole

    def _at_once(self, messages: Sequence[Message]) -> Outcome:
        outcome, bad = Outcome(), _Bad()
        sightings: list[_One[SightingSaid]] = []
        photos: list[_One[PhotoSaid]] = []
        efforts: list[_One[EffortSaid]] = []
        states: list[StateSaid] = []
        for message in messages:
            told = told_by(message.topic)
            if told is not None:
                outcome.stored.setdefault((told.garden, told.record), []).append(told.number)
            try:
                said = said_in(message.topic, message.payload)
            except Refused as error:
                bad.append((message, str(error)))
                continue
            match said:
                case StateSaid():
                    states.append(said)
                case SightingSaid() if told is not None:
                    sightings.append(_One(message, told, said))
                case PhotoSaid() if told is not None:
                    photos.append(_One(message, told, said))
                case EffortSaid() if told is not None:
                    efforts.append(_One(message, told, said))
        with self._db.transaction(), self._db.cursor() as cursor:
            cursor.executemany(statements.STATE, [(one.garden, one.online, _json(one.health)) for one in states])
            tellers = [one.told for one in sightings] + [one.told for one in photos] + [one.told for one in efforts]
            self._tellers.meet(cursor, tellers)
            sightings, photos, efforts = self._named(sightings), self._named(photos), self._named(efforts)
            self._set_zones(cursor, sightings)
            bad += self._sightings(cursor, sightings)
            bad += self._photos(cursor, photos)
            self._effort(cursor, efforts)
            self._put_aside(cursor, bad)
        outcome.refused = len(bad)
        self._tidy()
        return outcome

    def _refuse_alone(self, message: Message, why: str) -> Outcome:
        told, outcome = told_by(message.topic), Outcome(refused=1)
        if told is not None:
            outcome.stored[told.garden, told.record] = [told.number]
        with self._db.transaction(), self._db.cursor() as cursor:
            self._put_aside(cursor, [(message, why)])
        return outcome

    def _named(self, ones: Sequence[_One[S]]) -> list[_One[S]]:
        """What comes late under a name that the device had before is told under its present one."""
        return [replace(one, told=self._tellers.present(one.told)) for one in ones]

    def _set_zones(self, cursor: psycopg.Cursor, ones: Sequence[_One[SightingSaid]]) -> None:
        """That of the latest sighting; nothing is written where it stays the same."""
        zones = {one.told.garden: (one.said.timezone, _offset_s(one.said.first_seen)) for one in ones}
        rows = [{"garden": garden, "timezone": zone[0], "offset_s": zone[1]} for garden, zone in sorted(zones.items())]
        cursor.executemany(statements.ZONE, rows)

    def _sightings(self, cursor: psycopg.Cursor, ones: Sequence[_One[SightingSaid]]) -> _Bad:
        if not ones:
            return []
        cursor.executemany(statements.SIGHTING, [self._row(one) for one in sorted(ones, key=lambda one: one.said.id)])
        if lost := [one.said.id for one in ones if one.said.photo_missing in TAKEN_BACK]:
            cursor.execute(statements.TAKE_BACK, (lost,))
        return _of_others(cursor, {one.said.id: one for one in ones}.values(), lambda one: one.said.id)

    def _row(self, one: _One[SightingSaid]) -> dict[str, Any]:
        said = one.said
        return (
            said.model_dump(
                exclude={"v", "box", "candidates", "verdict", "judged_by", "judged_at", "truth", "truth_role"}
            )
            | {"told_verdict": said.verdict, "told_by": said.judged_by, "told_at": said.judged_at}
            | {"told_truth": said.truth, "told_role": said.truth_role}
            | dict(zip(("box_x", "box_y", "box_w", "box_h"), said.box, strict=True))
            | {"garden": one.told.garden, "record": self._number(one.told), "revision": one.told.number}
            | {"first_local": said.first_seen.replace(tzinfo=None), "utc_offset_s": _offset_s(said.first_seen)}
            | {"candidates": _json(said.candidates)}
        )

    def _photos(self, cursor: psycopg.Cursor, ones: Sequence[_One[PhotoSaid]]) -> _Bad:
        """Files are written for what is wanted only, before the rows that name them."""
        if not ones:
            return []
        bad = _of_others(cursor, ones, lambda one: one.said.sighting_id)
        foreign = {message.topic for message, _why in bad}
        best: dict[str, _One[PhotoSaid]] = {}
        for one in sorted(ones, key=self._order):
            if one.message.topic not in foreign:
                best[one.said.sighting_id] = one
        newest: dict[str, list[int]] = dict(cursor.execute(statements.NEWEST_PHOTOS, {"ids": list(best)}).fetchall())
        wanted = [one for id, one in best.items() if self._order(one) > newest.get(id, [])]
        paths = self._files.write([one.said for one in wanted])
        cursor.execute(statements.REPLACE_PHOTOS, ([one.said.sighting_id for one in wanted], paths))
        rows = []
        for one, path in zip(wanted, paths, strict=True):
            said = one.said
            file = (path, said.sha256, said.width, said.height, len(said.content))
            rows.append((said.sighting_id, one.told.garden, *self._order(one), *file))
        cursor.executemany(statements.PHOTO, rows)
        return bad

    def _order(self, one: _One[PhotoSaid]) -> list[int]:
        return [self._number(one.told), one.said.number]

    def _effort(self, cursor: psycopg.Cursor, ones: Sequence[_One[EffortSaid]]) -> None:
        rows = []
        for one in ones:
            said, told = one.said, one.told
            at = (self._number(told), told.number, said.start, said.start.replace(tzinfo=None))
            rows += [(told.garden, said.run, said.slice, kind, *at, seconds) for kind, seconds in said.seconds.items()]
        cursor.executemany(statements.EFFORT, rows)

    def _put_aside(self, cursor: psycopg.Cursor, bad: Sequence[tuple[Message, str]]) -> None:
        if not bad:
            return
        for message, why in bad:
            log.warning("message refused topic=%s why=%s", message.topic[:200], why)
        rows = [(_plain(one.topic), _plain(why), one.payload[: statements.KEPT_BYTES]) for one, why in bad]
        cursor.executemany(statements.REFUSE, rows)
        cursor.execute(statements.FORGET_REFUSED)

    def _tidy(self) -> None:
        """Files of photos that were taken back or replaced."""
        paths = [str(path) for (path,) in self._db.execute("SELECT path FROM removals").fetchall()]
        if paths:
            self._files.remove(paths)
            self._db.execute("DELETE FROM removals WHERE path = ANY(%s)", (paths,))

    def _number(self, told: Told) -> int:
        return self._tellers.number(told.record)


def _of_others(cursor: psycopg.Cursor, ones: Collection[_One[S]], id_of: Callable[[_One[S]], str]) -> _Bad:
    """What a garden says of another one's sighting."""
    found = cursor.execute(statements.OWNERS, {"ids": [id_of(one) for one in ones]}).fetchall()
    owners: dict[str, str] = dict(found)
    pairs = [(one, owners.get(id_of(one), one.told.garden)) for one in ones]
    return [(one.message, f"that sighting is of {owner}") for one, owner in pairs if owner != one.told.garden]


def _offset_s(moment: datetime) -> int:
    offset = moment.utcoffset()
    return 0 if offset is None else round(offset.total_seconds())


def _json(values: Mapping[str, Any] | None) -> Jsonb | None:
    return None if values is None else Jsonb(values)


def _plain(text: str) -> str:
    """PostgreSQL keeps no NUL."""
    return text.replace("\x00", "?")[:500]
