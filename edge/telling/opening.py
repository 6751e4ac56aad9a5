"""Picks whom to tell from the configuration."""

from __future__ import annotations

import importlib.util
import logging
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from edge.errors import ConfigError
from edge.language import _
from edge.model.labels import Label
from edge.settings import Config
from edge.store.outbox import forget_others, subscribe
from edge.store.schema import DATABASE, connect
from edge.telling.courier import Courier
from edge.telling.device import device_name
from edge.telling.office import Office
from edge.telling.secrets import Secrets

if TYPE_CHECKING:
    from edge.telling.mqtt import Mqtt
    from edge.telling.people import People
    from edge.telling.to_hub import ToHub

log = logging.getLogger(__name__)

DAY_S = 86_400.0
HUB_PAUSE_S = 60.0
"""A broker of one's own can be asked once a minute by two hundred gardens; with ten minutes, gardens that had bad luck
stood by while the hub was there and idle."""


def open_office(settings: Config, labels: Sequence[Label]) -> Office:
    """Its couriers do not run yet. The record must be open.

    Raises ConfigError for a secret that is missing or open to others, and where a library is not installed.
    """
    names = {label.key: label for label in labels}
    couriers: list[Courier] = []
    listeners = []
    if settings.mqtt.host is not None:
        broker = broker_of(settings, names)
        listeners.append(broker)
        bounds = (settings.mqtt.most_waiting, settings.mqtt.max_age_days * DAY_S)
        couriers.append(Courier(settings.data, broker, *bounds))
        if settings.mqtt.hub:
            couriers.append(Courier(settings.data, hub_of(settings), *bounds, most_pause_s=HUB_PAUSE_S))
    for name in settings.notify.to:
        people = people_of(settings, name, names)
        couriers.append(
            Courier(settings.data, people, settings.notify.most_waiting, settings.notify.max_age_days * DAY_S)
        )
    try:
        with closing(connect(settings.data / DATABASE)) as db:
            forget_others(db, [courier.channel.name for courier in couriers], time.time())
            for courier in couriers:
                subscribe(db, courier.channel.name, courier.channel.kinds)
    except sqlite3.Error as error:  # a sick disk: the store tells of it, and the couriers try again
        log.warning("nobody can be told yet error=%s", error)
    return Office(couriers, listeners)


def broker_of(settings: Config, labels: Mapping[str, Label]) -> Mqtt:
    """Raises ConfigError as above."""
    need("paho.mqtt", "mqtt", "mqtt.host")
    from edge.telling.mqtt import Mqtt  # late: who tells nobody need not have the library, nor its 12 MB

    device = device_name(settings.mqtt.device, settings.site.name)
    password = Secrets(settings.secrets).mqtt_password
    return Mqtt(settings.mqtt, device, password, settings.site.name, settings.data, labels)


def hub_of(settings: Config) -> ToHub:
    """Raises ConfigError as above."""
    need("paho.mqtt", "mqtt", "mqtt.hub")
    from edge.telling.to_hub import ToHub  # late, as above

    device = device_name(settings.mqtt.device, settings.site.name)
    return ToHub(settings.mqtt, device, Secrets(settings.secrets).mqtt_password, settings.data)


def people_of(settings: Config, name: str, labels: Mapping[str, Label]) -> People:
    """Raises ConfigError as above."""
    need("apprise", "notify", "notify.to")
    from edge.telling.people import People  # late, as above: 27 MB

    return People(name, Secrets(settings.secrets).address(name), settings, labels)


def need(module: str, extra: str, key: str) -> None:
    """Raises ConfigError where that library is not there."""
    try:
        found = importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # its package is missing, too
        found = False
    if not found:
        raise ConfigError(
            _("the library {module} for {key}").format(module=module.split(".")[0], key=key),
            _("none"),
            _("type: pip install 'gardenwatch[{extra}]'").format(extra=extra),
        )
