"""What the doctor finds of secrets, addresses, the broker, and what waits for them."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from edge.errors import ConfigError, GardenwatchError
from edge.finding import Finding
from edge.language import _
from edge.settings import Config
from edge.store.outbox import queues
from edge.store.read_only import open_database
from edge.telling.opening import broker_of, people_of

REACH_S = 3.0
Waiting = dict[str, tuple[int, str]]
"""By channel: how many, and the last failure."""


def findings(config: Config) -> Iterator[Finding]:
    """Nothing where nobody is to be told. What cannot be reached is a warning: the watching works without it."""
    waiting = _waiting(config) if config.mqtt.host is not None or config.notify.to else {}
    if config.mqtt.host is not None:
        yield _with_what_waits(_broker(config), waiting.get("mqtt"))
    for name in config.notify.to:
        yield _with_what_waits(_address(config, name), waiting.get(name))


def _waiting(config: Config) -> Waiting:
    """Empty where there is no record yet, or one that cannot be read: others tell of that."""
    try:
        with closing(open_database(config.data)) as db:
            return {name: (count, why) for name, count, _since, _tries, why in queues(db)}
    except (GardenwatchError, sqlite3.Error):
        return {}


def _with_what_waits(finding: Finding, waits: tuple[int, str] | None) -> Finding:
    """What was tried in vain is worth a look even where the server answers now: it may refuse."""
    if waits is None:
        return finding
    count, why = waits
    text = _("{found}; {count} wait, the last failure: {why}") if why else _("{found}; {count} wait")
    found = text.format(found=finding.found, count=count, why=why)
    if why and finding.state == "ok":
        todo = _("see `gardenwatch outbox`; they are sent once the network and the service answer")
        return replace(finding, state="warning", found=found, todo=todo)
    return replace(finding, found=found)


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
