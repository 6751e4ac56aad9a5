"""What the doctor finds of secrets, addresses and the broker."""

from __future__ import annotations

import socket
from collections.abc import Iterator

from edge.errors import ConfigError
from edge.finding import Finding
from edge.language import _
from edge.settings import Config
from edge.telling.opening import broker_of, people_of

REACH_S = 3.0


def findings(config: Config) -> Iterator[Finding]:
    """Nothing where nobody is to be told. What cannot be reached is a warning: the watching works without it."""
    if config.mqtt.host is not None:
        yield _broker(config)
    for name in config.notify.to:
        yield _address(config, name)


def _broker(config: Config) -> Finding:
    what = _("broker")
    try:
        why = broker_of(config, {}).try_out()
    except ConfigError as error:
        return Finding(what, "broken", error.found, error.todo)
    where = f"{config.mqtt.host}:{config.mqtt.port}"
    if why:
        todo = _("look at mqtt: in the configuration, and whether the broker runs; messages wait until then")
        return Finding(what, "warning", f"{where}: {why}", todo)
    return Finding(what, "ok", where)


def _address(config: Config, name: str) -> Finding:
    """A mail server or web hook is knocked at; of other services only the address's form is known."""
    what = _("messages to {name}").format(name=name)
    try:
        server = people_of(config, name, {}).server
    except ConfigError as error:
        return Finding(what, "broken", error.found, error.todo)
    try_it = _("try `gardenwatch notify test`")
    if server is None:
        return Finding(what, "ok", _("the address can be read; {todo}").format(todo=try_it))
    try:
        socket.create_connection(server, REACH_S).close()
    except OSError as error:
        found = _("the server cannot be reached: {error}").format(error=error.strerror or type(error).__name__)
        return Finding(what, "warning", found, _("look at the network and the address; messages wait until then"))
    return Finding(what, "ok", _("the server answers; {todo}").format(todo=try_it))
