"""Addresses and passwords, from the environment or a file that nobody else can read."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, SecretStr

from edge.errors import ConfigError, ConfigFaults
from edge.language import _
from edge.telling.settings import AddressName
from edge.typed_values import Settings

NOTIFY_VARIABLE = "GARDENWATCH_NOTIFY_"
"""With the name in capitals after it."""
MQTT_VARIABLE = "GARDENWATCH_MQTT_PASSWORD"


class SecretFile(Settings):
    """The file's content. pydantic prints a SecretStr as stars."""

    notify: dict[AddressName, SecretStr] = Field(default_factory=dict)
    """name: an address as apprise writes it, such as mailto://…"""
    mqtt_password: SecretStr | None = None


class Secrets:
    """What the environment says goes before what the file says."""

    def __init__(self, path: Path, environment: Mapping[str, str] = os.environ) -> None:
        """Raises ConfigError for a file that others may read, or that is no such file. None needs to be there."""
        self._path, self._environment = path, environment
        self._file = _read(path)

    def address(self, name: str) -> str:
        """Raises ConfigError where there is none."""
        variable = NOTIFY_VARIABLE + name.upper()
        if found := self._environment.get(variable):
            return found
        if name in self._file.notify:
            return self._file.notify[name].get_secret_value()
        raise ConfigError(
            _("the address of {name} (notify.to)").format(name=name),
            _("none in {path} or {variable}").format(path=self._path, variable=variable),
            _("write it below `notify:` in that file, with mode 600"),
        )

    @property
    def mqtt_password(self) -> str | None:
        if found := self._environment.get(MQTT_VARIABLE):
            return found
        kept = self._file.mqtt_password
        return None if kept is None else kept.get_secret_value()


def _read(path: Path) -> SecretFile:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return SecretFile()
    except OSError as error:
        raise ConfigError(
            _("a secret file at {path}").format(path=path),
            error.strerror or "",
            _("give this user the right to read it"),
        ) from error
    if sys.platform != "win32" and mode & 0o077:
        raise ConfigError(
            _("a secret file at {path}").format(path=path),
            _("a file that others may read (mode {mode:o})").format(mode=mode & 0o777),
            _("type: chmod 600 {path}").format(path=path),
        )
    from edge.typed_yaml import read_typed  # late: YAML takes 10 ms to import, and who tells nobody has no secrets

    try:
        return read_typed(path, SecretFile)
    except ConfigFaults as error:
        # its own words repeat what they found, which is a secret here
        lines = sorted({fault.removeprefix(f"{path}:").split(":")[0] for fault in error.faults})
        raise ConfigError(
            _("names with addresses below `notify:`, and `mqtt_password:`, in {path}").format(path=path),
            _("something else in line {lines}").format(lines=", ".join(lines)),
            _("put each address in quotes"),
        ) from None
    except ConfigError as error:
        raise ConfigError(error.expected, _("something that cannot be read"), error.todo) from None
