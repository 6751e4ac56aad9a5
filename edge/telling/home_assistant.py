"""What Home Assistant is told once, so that it finds the garden by itself."""

from __future__ import annotations

from typing import Any

from edge import __version__
from edge.language import _

ROLES = ("pest", "beneficial", "neutral")
ONLINE, OFFLINE = "online", "offline"
"""Home Assistant's own defaults for payload_available and payload_not_available."""


def discovery(device: str, base: str, site: str | None, photos: bool) -> dict[str, Any]:
    """One message for the whole device (https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload,
    Home Assistant 2024.11 and newer); retained, so that it is there after a restart of either side."""
    parts: dict[str, dict[str, Any]] = {
        "visit": {
            "platform": "event",
            "name": _("visit"),
            "state_topic": f"{base}/event",
            "event_types": list(ROLES),
            "icon": "mdi:bee",
        },
        "last": {
            "platform": "sensor",
            "name": _("last visitor"),
            "state_topic": f"{base}/last",
            "value_template": "{{ value_json.name }}",
            "json_attributes_topic": f"{base}/last",
            "icon": "mdi:ladybug",
        },
        "visits_today": _count(base, _("visits today"), "visits", "mdi:counter"),
        "pests_today": _count(base, _("pests today"), "pest", "mdi:snail"),
        "problem": {
            "platform": "binary_sensor",
            "name": _("trouble"),
            "state_topic": f"{base}/health",
            "value_template": "{{ 'OFF' if value_json.well else 'ON' }}",
            "json_attributes_topic": f"{base}/health",
            "device_class": "problem",
            "entity_category": "diagnostic",
        },
        "waiting": {
            "platform": "sensor",
            "name": _("messages waiting"),
            "state_topic": f"{base}/health",
            "value_template": "{{ value_json.waiting }}",
            "state_class": "measurement",
            "entity_category": "diagnostic",
            "icon": "mdi:email-outline",
        },
    }
    if photos:
        parts["photo"] = {
            "platform": "image",
            "name": _("last photo"),
            "image_topic": f"{base}/last/photo",
            "content_type": "image/jpeg",
        }
    return {
        "device": {
            "identifiers": [f"gardenwatch_{device}"],
            "name": site or f"Gardenwatch {device}",
            "manufacturer": "Gardenwatch",
            "model": "insect monitor",
            "sw_version": __version__,
        },
        "origin": {"name": "gardenwatch", "sw_version": __version__},
        "availability": [{"topic": f"{base}/availability"}],
        # `qos` belongs to each part: unlike `availability`, one of the whole device is accepted and not handed down
        "components": {
            key: {"unique_id": f"gardenwatch_{device}_{key}", "qos": 1, **part} for key, part in parts.items()
        },
    }


def _count(base: str, name: str, key: str, icon: str) -> dict[str, Any]:
    return {
        "platform": "sensor",
        "name": name,
        "state_topic": f"{base}/counts",
        "value_template": "{{ value_json." + key + " }}",
        "state_class": "measurement",
        "icon": icon,
    }
