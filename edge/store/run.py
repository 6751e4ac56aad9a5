"""What holds for a whole run of the watcher: its source, its model, its clock."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from edge import __version__
from edge.boot import boot_id
from edge.records import Moment

Clock = Literal["trusted", "untrusted", "file"]


@dataclass(frozen=True, slots=True)
class Run:
    """One run, from start to stop or crash."""

    source: str
    """What records call their source: the camera's name."""
    model_id: str
    config_digest: str
    boot_id: str
    """The same for all runs since the machine was switched on; a clock offset holds for one boot."""
    clock: Clock
    timezone: str | None
    """The site's IANA name; None means that only the offset is known."""
    utc_offset_s: int
    """Of the system's own zone, when the run started."""
    software: str
    started: Moment
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @classmethod
    def here(
        cls, *, source: str, model_id: str, config_digest: str, clock: Clock, timezone: str | None, started: Moment
    ) -> Run:
        """A run on this machine, with this software."""
        offset = started.wall.astimezone().utcoffset() or timedelta(0)
        return cls(
            source=source,
            model_id=model_id,
            config_digest=config_digest,
            boot_id=boot_id(),
            clock=clock,
            timezone=timezone,
            utc_offset_s=int(offset.total_seconds()),
            software=f"gardenwatch {__version__}",
            started=started,
        )

    def local(self, wall: datetime) -> datetime:
        """That instant as a clock at the site shows it, with its offset."""
        return local(wall, self.timezone, self.utc_offset_s)


def local(wall: datetime, name: str | None, utc_offset_s: int) -> datetime:
    """That instant in the zone of that name; by the offset where there is no name, or no such zone here."""
    if name is not None:
        try:
            return wall.astimezone(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    return wall.astimezone(timezone(timedelta(seconds=utc_offset_s)))


def utc_text(wall: datetime) -> str:
    """ISO 8601, UTC, milliseconds: text that sorts like time."""
    return wall.astimezone(UTC).isoformat(timespec="milliseconds")
