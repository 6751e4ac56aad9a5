"""The hub's configuration: which broker, which database, where the photos go."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from edge.telling.settings import MqttSettings
from edge.typed_values import Settings
from edge.typed_yaml import read_typed

BROKER_FIELDS = ("host", "port", "tls", "ca", "username", "topic")


class HubSettings(Settings):
    """The whole file."""

    language: Literal["auto", "en", "zh-CN"] = "auto"
    data: Path = Path("hub-data")
    """Where the photos are, and the page's passwords."""
    database: str = "dbname=gardenwatch"
    """As libpq takes it. Its password, where it needs one, comes from PGPASSWORD or a file ~/.pgpass."""
    broker: MqttSettings = MqttSettings()
    """host, port, tls, ca, username and topic, as the devices have them; what else is a device's own is not asked."""
    secrets: Path = Path("secrets.yaml")
    """The broker's password; a file beside this one, readable by its owner only."""
    model: Path | None = None
    """Whose animals have names on the page; None: the bundled one."""
    names: dict[str, str] = Field(default_factory=dict)
    """What people call a garden: device: name."""

    @field_validator("database")
    @classmethod
    def _is_a_database(cls, text: str) -> str:
        try:
            found = conninfo_to_dict(text)
        except psycopg.ProgrammingError as error:
            raise PydanticCustomError("database", "no database", {"found": "something else"}) from error
        if found.get("password"):
            raise PydanticCustomError("database", "a password", {"found": "a password in it"})
        return text


def read(path: Path) -> HubSettings:
    """Relative paths count from the file's folder. Raises ConfigFaults."""
    settings = read_typed(path, HubSettings)
    folder, broker = path.resolve().parent, settings.broker
    if broker.ca is not None:
        broker = broker.model_copy(update={"ca": folder / broker.ca.expanduser()})
    return settings.model_copy(
        update={
            "data": folder / settings.data.expanduser(),
            "secrets": folder / settings.secrets.expanduser(),
            "model": None if settings.model is None else folder / settings.model.expanduser(),
            "broker": broker,
        }
    )
