"""The configuration of telling: whom, by what, how much may wait."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from edge.typed_values import Positive, Settings

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_DEVICE = re.compile(r"[A-Za-z0-9_-]+")
_TOPIC = re.compile(r"[^\s+#/]+(/[^\s+#/]+)*")
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


HUB = "hub"
"""Below the topic, where devices have their names: there the hub says that it is there."""


def _name(text: str) -> str:
    """An address typed here by mistake is not repeated: it may hold a password."""
    if not _NAME.fullmatch(text) or text == "mqtt":
        found = "an address; write it into the secrets file" if ":" in text else repr(text[:20])
        raise PydanticCustomError("address_name", "no name", {"found": found})
    return text


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise PydanticCustomError("host", "no host", {"found": "something with other characters in it"})
    return text


def _device(text: str) -> str:
    if not _DEVICE.fullmatch(text) or text == HUB:
        raise PydanticCustomError("device_name", "no name")
    return text


def _topic(text: str) -> str:
    if not _TOPIC.fullmatch(text):
        raise PydanticCustomError("topic", "no topic")
    return text


def _time(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise PydanticCustomError("time_of_day", "no time")
    return text


AddressName = Annotated[str, AfterValidator(_name)]
"""Of a person or group; the address itself is a secret."""
Topic = Annotated[str, AfterValidator(_topic)]
Age = Annotated[Positive, Field(le=3650)]


class NotifySettings(Settings):
    """Messages to people, by whatever apprise can reach."""

    to: list[AddressName] = Field(default_factory=list)
    """Whom: names whose addresses are in the secrets file or the environment."""
    photos: StrictBool = True
    """Whether the crop of the animal goes with the message."""
    most_waiting: StrictInt = Field(500, ge=1)
    """For each address. Nobody reads more after a holiday; the record has all of it."""
    max_age_days: Age = 14.0


class MqttSettings(Settings):
    """A broker, for Home Assistant or for a hub of many gardens."""

    host: Annotated[str, AfterValidator(_host)] | None = None
    """None: no broker."""
    port: StrictInt = Field(1883, ge=1, le=65535)
    tls: StrictBool = False
    ca: Path | None = None
    """The broker's certificate authority; None: those that the system trusts."""
    username: str | None = None
    topic: Topic = "gardenwatch"
    """All topics are below it and the device's name."""
    device: Annotated[str, AfterValidator(_device)] | None = None
    """Its own for each device; None makes one of the site's or computer's name and six digits of the machine's id."""
    discovery: Topic | None = "homeassistant"
    """Where Home Assistant looks for devices; None: it is not told."""
    photos: StrictBool = False
    """Whether crops leave the device; a hub needs them."""
    hub: StrictBool = False
    """Whether a hub of many gardens keeps a copy; what it has not confirmed is told again."""
    most_waiting: StrictInt = Field(100_000, ge=1)
    """Some 10 MB; a busy garden's season of sightings."""
    max_age_days: Age = 120.0


class DigestSettings(Settings):
    """The day in one message."""

    at: Annotated[str, AfterValidator(_time)] | None = None
    """On the site's clock; None: none."""
    to: list[AddressName] = Field(default_factory=list)
    """Of `notify.to`; none: all of them."""
    photos: StrictInt = Field(6, ge=0, le=24)


def known_addresses(names: Sequence[str], notify: NotifySettings | None) -> None:
    """Refuses a name that is not in `notify.to`: nobody would ever get that message."""
    known = notify.to if notify is not None else names  # a fault in notify is told already
    for name in names:
        if name not in known:
            raise PydanticCustomError("known_address", "unknown", {"found": f"{name}, and notify.to: {known}"})
