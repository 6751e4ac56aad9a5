"""What people are told when a rule wants them to hear of a visit."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge.language import _, spaced
from edge.model.labels import Label
from edge.review.listing import roles, why_no_photo
from edge.store.outbox import Parcel
from edge.telling import payloads
from edge.telling.message import Message, picture

LATE = timedelta(minutes=10)
"""What comes later than this says that it waited."""


def notice(
    db: sqlite3.Connection,
    parcel: Parcel,
    data: Path,
    labels: Mapping[str, Label],
    site: str | None,
    photos: bool,
    now: datetime | None,
) -> Message | None:
    """Of the sighting as it is known when it is sent; None where the record has lost it, or it was no animal.

    `now` is None where nobody has set the clock.
    """
    id, _colon, rule = parcel.ref.partition(":")
    row = payloads.row_of(db, id)
    if row is None or row.truth_role == "background":
        return None
    name, role = payloads.name_of(row.truth, labels), roles().get(row.truth_role, row.truth_role)
    where = site or _("the garden")
    when = f"{row.first_seen:%Y-%m-%d %H:%M:%S}"
    lines = [
        spaced(_("judged by {name}").format(name=row.judged_by))
        if row.verdict
        else _("The machine is {sure:.0%} sure.").format(sure=row.confidence),
        _("First seen: {when}").format(when=when)
        if row.clock != "untrusted"
        else _("First seen: {when}, but nobody has set the clock").format(when=when),
        _("Rule: {rule}").format(rule=rule),
    ]
    if row.clock in ("trusted", "corrected") and now is not None and now - row.first_seen > LATE:
        lines.append(_("This message had to wait for a network."))
    if row.clock != "file":
        counts = payloads.counts(db, row.first_seen.astimezone(UTC))
        lines.append(_("Visits that day: {visits}, of pests {pest}").format(**counts))
    photo = picture(data / row.photo, "photo.jpg", name) if photos and row.photo else None
    if row.photo is None and row.photo_missing is not None:
        lines.append(_("Photo: {why}").format(why=why_no_photo(row.photo_missing)))
    return Message(
        _("{name} ({role}) in {where}").format(name=name, role=role, where=where),
        tuple(lines),
        (photo,) if photo else (),
        footer=same(parcel.id),
    )


def same(id: str) -> str:
    """The id for a person: what comes twice under it is one message."""
    return _("Message {id}. If it comes twice, it is the same one.").format(id=id)
