"""What a message says, checked: anybody who may publish could have written it."""

from __future__ import annotations

import hashlib
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from PIL import Image as Pillow
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from edge.store.photos import NAME
from edge.telling.payloads import VERSION

LARGEST_BYTES = 8_000_000
_TOPIC = re.compile(
    r"(?P<garden>[A-Za-z0-9_-]{1,80})/record/(?P<kind>sighting|effort|photo)"
    r"/(?P<record>[0-9a-f]{1,64})/(?P<number>\d{1,18})(/(?P<file>.+))?"
)
_STATE = re.compile(r"(?P<garden>[A-Za-z0-9_-]{1,80})/(?P<kind>availability|health)")

Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Pixels = Annotated[int, Field(ge=-100_000, le=100_000)]
Share = Annotated[float, Field(ge=0, le=1)]


class Refused(Exception):
    """It cannot be kept; the text says why."""


@dataclass(frozen=True, slots=True)
class Told:
    """By whom, and how new."""

    garden: str
    record: str
    number: int


class _Said(BaseModel):
    """Fields that a newer device adds are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)
    v: Annotated[int, Field(ge=1, le=VERSION)]


class SightingSaid(_Said):
    """As edge/telling/payloads.py writes it."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    first_seen: AwareDatetime
    last_seen: AwareDatetime
    clock: Literal["trusted", "untrusted", "file", "corrected"]
    timezone: Word | None
    label: Word
    role: Literal["pest", "beneficial", "neutral", "background"]
    confidence: Share
    candidates: Annotated[dict[Word, Share], Field(max_length=1000)]
    verdict: Word | None
    judged_by: Word | None
    judged_at: AwareDatetime | None
    truth: Word
    truth_role: Literal["pest", "beneficial", "neutral", "background"]
    closed: bool
    box: tuple[Pixels, Pixels, Pixels, Pixels]
    photo_number: Annotated[int, Field(ge=0, lt=2**31)] | None
    photo_sha256: Word | None
    photo_missing: Word | None
    source: Word
    run: Word
    model: Word
    config: Word
    software: Word


class EffortSaid(_Said):
    """A quarter of an hour."""

    run: Word
    slice: Word
    start: AwareDatetime
    timezone: Word | None
    seconds: Annotated[dict[Word, Annotated[float, Field(ge=0, le=100_000)]], Field(max_length=50)]


@dataclass(frozen=True, slots=True)
class PhotoSaid:
    """A JPEG that is whole."""

    sighting_id: str
    number: int
    content: bytes
    sha256: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class StateSaid:
    """How a garden is."""

    garden: str
    online: bool | None
    health: Mapping[str, Any] | None


Said = SightingSaid | EffortSaid | PhotoSaid


def told_by(topic: str) -> Told | None:
    """From the topic alone, below the common one: also what is refused has to be confirmed. None for other topics."""
    found = _TOPIC.fullmatch(topic)
    return None if found is None else Told(found["garden"], found["record"], int(found["number"]))


def said_in(topic: str, payload: bytes) -> Said | StateSaid:
    """Raises Refused."""
    if state := _STATE.fullmatch(topic):
        return _state(state["garden"], state["kind"], payload)
    found = _TOPIC.fullmatch(topic)
    if found is None:
        raise Refused("a topic that no device has")
    if found["kind"] == "photo":
        return _photo(found["file"] or "", payload)
    try:
        said = (SightingSaid if found["kind"] == "sighting" else EffortSaid).model_validate_json(payload)
    except ValidationError as error:
        raise Refused("; ".join(f"{_where(one['loc'])}: {one['msg']}" for one in error.errors()[:3])) from error
    for moment in (said.first_seen, said.last_seen) if isinstance(said, SightingSaid) else (said.start,):
        _check_moment(moment)
    return said


def _state(garden: str, kind: str, payload: bytes) -> StateSaid:
    if kind == "availability":
        return StateSaid(garden, payload == b"online", None)
    try:
        return StateSaid(garden, None, _Health.model_validate_json(payload).model_dump())
    except ValidationError as error:
        raise Refused("no health") from error


class _Health(BaseModel):
    well: bool
    camera: Word = "unknown"
    scene: Word = "unknown"
    store: Word = "unknown"
    waiting: Annotated[int, Field(ge=0, lt=2**53)] = 0


def _photo(name: str, content: bytes) -> PhotoSaid:
    file = NAME.fullmatch(name)
    if file is None or len(file["number"]) > 9:
        raise Refused("the name of no photo")
    if len(content) > LARGEST_BYTES:
        raise Refused(f"a photo of {len(content)} bytes")
    if not (content.startswith(b"\xff\xd8") and content.endswith(b"\xff\xd9")):
        raise Refused("no whole JPEG")
    try:
        with Pillow.open(io.BytesIO(content), formats=["JPEG"]) as image:
            width, height = image.size
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError) as error:
        raise Refused(f"no JPEG ({type(error).__name__})") from error
    return PhotoSaid(file["sighting"], int(file["number"]), content, hashlib.sha256(content).hexdigest(), width, height)


def _check_moment(moment: datetime) -> None:
    """At the calendar's ends no local time can be told."""
    if not 1970 <= moment.year <= 2200 or not math.isfinite(moment.timestamp()):
        raise Refused(f"a time of the year {moment.year}")


def _where(path: tuple[int | str, ...]) -> str:
    return ".".join(str(part)[:40] for part in path) or "JSON"
