"""Gives a model file to a device in the garden over ssh, or has it take the one before back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.errors import TrainingError, UsageError
from training.language import _
from training.studio.command import lines_of_program, spoken

PROGRAM = "/opt/gardenwatch/current/bin/gardenwatch"
"""Of deploy/install.sh."""
RESTART = "systemctl restart gardenwatch gardenwatch-review"
ADDRESS = re.compile(r"(?:[A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9][\w.-]*(?::\d{1,5})?")
"""Nothing that ssh would take for an option, and nothing that a shell would take apart."""
OPTIONS = {
    "BatchMode": "yes",  # nobody is there to type a password
    "ConnectTimeout": "10",
    "ServerAliveInterval": "10",  # with three of them, a device that went away is noticed in half a minute
    "StrictHostKeyChecking": "accept-new",
    "LogLevel": "ERROR",
}


@dataclass(frozen=True, slots=True)
class Device:
    """`user@name`, or `user@name:port`. Raises UsageError for what is neither."""

    address: str

    def __post_init__(self) -> None:
        if not ADDRESS.fullmatch(self.address):
            todo = _("write it like pi@raspberrypi.local")
            raise UsageError(_("the device's user and name"), self.address or _("none"), todo)

    @property
    def host(self) -> str:
        return self.address.partition(":")[0]

    @property
    def port(self) -> str:
        """Empty: ssh's own choice."""
        return self.address.partition(":")[2]

    def by_hand(self, model: Path) -> str:
        """The same as the buttons do, to copy into a terminal, which asks for passwords."""
        ssh = f"ssh -t{f' -p {self.port}' if self.port else ''} {self.host}"
        scp = f"scp{f' -P {self.port}' if self.port else ''}"
        return (
            f'{scp} "{model.resolve().as_posix()}" {self.host}:\n'
            f"{ssh} \"sudo {PROGRAM} model install '{model.name}' && sudo {RESTART}\"\n"
            f'{ssh} "sudo {PROGRAM} model rollback && sudo {RESTART}"\n'
        )

    def send(self, model: Path) -> Iterator[str]:
        """What the two sides say meanwhile. The device tries the file, keeps the model before, and starts anew.

        Raises TrainingError; the device then watches as before.
        """
        yield _("{name} is being copied to {device} …").format(name=model.name, device=self.host)
        # Beside the file, because scp takes the colon of C:\ for the end of a host's name.
        yield from self._told("scp", [*_port("-P", self.port), model.name, f"{self.host}:"], model.parent)
        yield from self._asked(f"install '{model.name}'")
        yield _("{device} watches with {name} now.").format(name=model.name, device=self.host)

    def take_back(self) -> Iterator[str]:
        """The model before watches again. Raises TrainingError."""
        yield _("{device} is asked …").format(device=self.host)
        yield from self._asked("rollback")
        yield _("{device} watches with the model before.").format(device=self.host)

    def _asked(self, words: str) -> Iterator[str]:
        line = f"sudo -n {PROGRAM} --language {spoken()} model {words} && sudo -n {RESTART}"
        yield from self._told("ssh", [*_port("-p", self.port), self.host, line])

    def _told(self, program: str, words: Sequence[str], folder: Path | None = None) -> Iterator[str]:
        found = shutil.which(program)
        if found is None:
            todo = _(
                "install OpenSSH (Windows: Settings, Optional features, OpenSSH Client), or carry the file on a stick"
            )
            raise TrainingError(_("the program {name}").format(name=program), _("none"), todo)
        options = [part for name, value in OPTIONS.items() for part in ("-o", f"{name}={value}")]
        yield from lines_of_program([found, *options, *words], self._fault, folder, {"LC_ALL": "C"})

    def _fault(self, said: Sequence[str]) -> TrainingError:
        """Says what a person can do; ssh's own words, which are English, tell the cause."""
        name = self.host.rpartition("@")[2]
        for signs, expected, todo in _faults(f"[{name}]:{self.port}" if self.port else name):
            found = next((line for line in said if any(sign in line for sign in signs)), None)
            if found is not None:
                return TrainingError(expected, found, todo)
        last = said[-1] if said else _("nothing said")
        return TrainingError(_("a device that takes the model"), last, _("read what it says, then try again"))


def _port(option: str, port: str) -> list[str]:
    return [option, port] if port else []


def _faults(host: str) -> list[tuple[tuple[str, ...], str, str]]:
    by_hand = _("copy the lines below into a terminal, which asks for the password")
    is_there = _("is it on, and on this network? Its number, such as 192.168.1.20, does as well as its name")
    return [
        (("Could not resolve",), _("a device of that name"), is_there),
        (("timed out", "refused", "No route", "unreachable"), _("a device that answers"), is_there),
        (
            ("HOST IDENTIFICATION HAS CHANGED", "Host key verification failed"),
            _("the device that was there before"),
            _("was it set up anew? Then type: ssh-keygen -R {host}").format(host=host),
        ),
        (("Permission denied",), _("a device that knows this computer's key"), by_hand),
        (("password is required", "terminal is required"), _("sudo without a password on the device"), by_hand),
        (("command not found", f"{PROGRAM}:"), _("Gardenwatch on the device"), _("install it there first")),
    ]
