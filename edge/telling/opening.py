"""Picks whom to tell from the configuration."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Collection, Sequence
from contextlib import closing

from edge.errors import ConfigError
from edge.language import _
from edge.model.labels import Label
from edge.settings import Config
from edge.store.outbox import Kind, subscribe
from edge.store.schema import DATABASE, connect
from edge.telling.courier import Courier
from edge.telling.device import device_name
from edge.telling.office import Office
from edge.telling.secrets import Secrets

DAY_S = 86_400.0


def open_office(settings: Config, labels: Sequence[Label]) -> Office:
    """Its couriers do not run yet. The record must be open.

    Raises ConfigError for a secret that is missing or open to others, and where a library is not installed.
    """
    names = {label.key: label for label in labels}
    couriers: list[Courier] = []
    wanted: dict[str, Collection[Kind]] = {}
    listeners = []
    secrets = Secrets(settings.secrets)
    if settings.mqtt.host is not None:
        need("paho.mqtt", "mqtt", "mqtt.host")
        from edge.telling.mqtt import Mqtt  # late: who tells nobody need not have the library, nor its 12 MB

        device = device_name(settings.mqtt.device, settings.site.name)
        broker = Mqtt(settings.mqtt, device, secrets.mqtt_password, settings.site.name, settings.data, names)
        wanted[broker.name] = broker.kinds(settings.mqtt)
        listeners.append(broker)
        most, age_s = settings.mqtt.most_waiting, settings.mqtt.max_age_days * DAY_S
        couriers.append(Courier(settings.data, broker, most, age_s))
    with closing(connect(settings.data / DATABASE)) as db:
        subscribe(db, wanted, time.time())
    return Office(couriers, listeners)


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
