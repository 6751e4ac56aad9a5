"""Errors that a person reads, each with the exit status that tells systemd what to do."""

from __future__ import annotations

from pathlib import Path

EXIT_STOPPED = 0
EXIT_FAULT = 1
"""Any other fault; systemd restarts."""
EXIT_USAGE = 2
"""The command was typed wrongly; systemd does not restart."""
EXIT_CONFIG = 78
"""EX_CONFIG of sysexits.h: config, model or data folder must be mended by a person; systemd does not restart."""


class GardenwatchError(Exception):
    """Something a person can mend: what was expected, what was found, what to do.

    The three parts are lower case sentences without a full stop.
    """

    exit_code = EXIT_FAULT

    def __init__(self, expected: str, found: str, todo: str) -> None:
        super().__init__(f"expected {expected}; found {found}; {todo}")
        self.expected, self.found, self.todo = expected, found, todo


class UsageError(GardenwatchError):
    """What was typed cannot be done (a source that does not exist, an option that does not fit)."""

    exit_code = EXIT_USAGE


class ConfigError(GardenwatchError):
    """A file that a person wrote, or a folder that a person chose, cannot be used."""

    exit_code = EXIT_CONFIG


class ConfigFaults(ConfigError):
    """All faults of one file; each line can be mended on its own."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__("a valid configuration", f"{len(faults)} faults in {path}", "mend them")
        self.faults = [f"{path}:{fault}" for fault in faults]

    def __str__(self) -> str:
        return "\n".join(self.faults)


class SourceError(UsageError):
    """A file source is missing or cannot be decoded. Live cameras never raise it: their loss is a state."""


class StoreError(ConfigError):
    """The data folder cannot be used: not writable, in use by another daemon, or of a newer schema."""


class StoreFault(GardenwatchError):
    """The record cannot be opened now, but may be in a while: the disk is full or failing, the database is held."""
