"""What Home Assistant is told is what it documents and accepts.

The models are its own schemas (homeassistant/components/mqtt: DEVICE_DISCOVERY_SCHEMA, the entities' common schema, and
those of event, sensor, binary_sensor and image, 2025), written down with pydantic; unknown keys are refused.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from edge.telling.home_assistant import discovery

Topic = Annotated[str, Field(pattern=r"^[^+#\x00]+$", max_length=65535)]
Template = Annotated[str, Field(pattern=r"^\{\{ .* \}\}$")]
Icon = Annotated[str, Field(pattern=r"^mdi:[a-z-]+$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Device(Strict):
    identifiers: Annotated[list[str], Field(min_length=1)]
    name: str
    manufacturer: str
    model: str
    sw_version: str


class Origin(Strict):
    name: str
    sw_version: str


class Availability(Strict):
    topic: Topic


class Entity(Strict):
    """MQTT_ENTITY_COMMON_SCHEMA; a unique id is needed in a device's discovery."""

    unique_id: str
    name: str
    icon: Icon | None = None
    entity_category: Literal["config", "diagnostic"] | None = None
    json_attributes_topic: Topic | None = None
    qos: Literal[1]
    """Home Assistant hands down to a part only the device's availability and topics (SHARED_OPTIONS), not this."""


class Event(Entity):
    platform: Literal["event"]
    state_topic: Topic
    event_types: Annotated[list[str], Field(min_length=1)]


class Sensor(Entity):
    platform: Literal["sensor"]
    state_topic: Topic
    value_template: Template
    state_class: Literal["measurement", "total", "total_increasing"] | None = None


class BinarySensor(Entity):
    platform: Literal["binary_sensor"]
    state_topic: Topic
    value_template: Template
    device_class: Literal["problem"]


class Image(Entity):
    platform: Literal["image"]
    image_topic: Topic
    content_type: str


class Discovery(Strict):
    device: Device
    origin: Origin
    availability: list[Availability]
    components: dict[str, Annotated[Event | Sensor | BinarySensor | Image, Field(discriminator="platform")]]


@pytest.mark.parametrize("photos", [False, True])
@pytest.mark.parametrize("site", [None, "校园 garden"])
def test_the_discovery_message_is_as_home_assistant_wants_it(photos: bool, site: str | None) -> None:
    said = Discovery.model_validate(json.loads(json.dumps(discovery("g1", "gardenwatch/g1", site, photos))))
    ids = [part.unique_id for part in said.components.values()]
    assert len(set(ids)) == len(ids)
    assert ("photo" in said.components) == photos
    assert {part.platform for part in said.components.values()} >= {"event", "sensor", "binary_sensor"}


def test_two_gardens_share_no_identity() -> None:
    one, two = (discovery(name, f"gardenwatch/{name}", None, True) for name in ("g1", "g2"))
    assert one["device"]["identifiers"] != two["device"]["identifiers"]
    ids = [part["unique_id"] for said in (one, two) for part in said["components"].values()]
    assert len(set(ids)) == len(ids)
