"""What a device would tell, as its messages."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from edge.hub.keeper import Message
from edge.store.photos import jpeg
from tests.store.visits import START, picture

ID = "ab" * 16
RECORD = "0f" * 8
"""Of the garden g1; each has a database of its own."""


def topic(kind: str, number: int, garden: str = "g1", record: str = "", file: str = "") -> str:
    own = RECORD if garden == "g1" else garden.encode().hex()
    return f"{garden}/record/{kind}/{record or own}/{number}" + (f"/{file}" if file else "")


def sighting(number: int = 1, garden: str = "g1", record: str = "", **changed: Any) -> Message:
    """At 14:00:10 in Shanghai."""
    said = {
        "v": 1,
        "message_id": f"{ID}-{number}",
        "device": garden,
        "id": ID,
        "first_seen": "2026-05-01T14:00:10.000+08:00",
        "last_seen": "2026-05-01T14:00:11.000+08:00",
        "clock": "trusted",
        "timezone": "Asia/Shanghai",
        "label": "slug",
        "role": "pest",
        "confidence": 0.8,
        "candidates": {"slug": 0.8, "background": 0.2},
        "verdict": None,
        "judged_by": None,
        "judged_at": None,
        "truth": "slug",
        "truth_role": "pest",
        "closed": False,
        "box": [100, 50, 40, 30],
        "photo": None,
        "photo_number": 1,
        "photo_sha256": None,
        "photo_missing": None,
        "source": "0",
        "run": "run-1",
        "model": "tiny-1",
        "config": "cafe",
        "software": "gardenwatch test",
        **changed,
    }
    return Message(topic("sighting", number, garden, record), json.dumps(said).encode())


def photo(number: int = 2, of: int = 1, garden: str = "g1", record: str = "", id: str = ID, shade: int = 90) -> Message:
    content = jpeg(picture(shade), 90, b"Exif\0\0")
    return Message(topic("photo", number, garden, record, f"{id}-{of}.jpg"), content)


def effort(number: int = 3, garden: str = "g1", record: str = "", **changed: Any) -> Message:
    said = {
        "v": 1,
        "message_id": f"run-1:900.0-{number}",
        "device": garden,
        "run": "run-1",
        "slice": "900.0",
        "start": "2026-05-01T14:00:00.000+08:00",
        "clock": "trusted",
        "timezone": "Asia/Shanghai",
        "seconds": {"watched": 700.5, "dark": 99.5},
        **changed,
    }
    return Message(topic("effort", number, garden, record), json.dumps(said).encode())


def shuffled(messages: list[Message], seed: int) -> list[Message]:
    """In any order, some of them twice."""
    chance = random.Random(seed)
    more = messages + chance.sample(messages, len(messages) // 2)
    chance.shuffle(more)
    return more


def at(second: float) -> datetime:
    return (START + timedelta(seconds=second)).astimezone(UTC)
