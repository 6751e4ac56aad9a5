"""The file that knows whether a password is right, without knowing the password."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import sys
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from edge.errors import ConfigError
from edge.language import _

Who = Literal["teacher", "viewer"]
FILE = "review-passwords.json"
MODE = 0o600
SHORTEST = 8

N, R, P = 2**15, 8, 3
"""scrypt's cost: OWASP's second recommendation (Password Storage Cheat Sheet), 32 MB and some tenths of a second on a
PC; its first takes 128 MB, which a small Raspberry Pi does not have to spare."""
MEMORY = 64 * 1024 * 1024
_one_at_a_time = threading.Lock()
"""Many logins at once must not take the memory that the watcher needs."""


@dataclass(frozen=True, slots=True)
class Passwords:
    """What the file holds."""

    secret: str
    """Signs sessions; made with the file."""
    teacher: str = ""
    """scrypt$N$r$p$salt$hash; empty: nobody can log in as one."""
    viewer: str = ""

    def who(self, password: str) -> Who | None:
        """Whose password it is. Takes as long for a wrong one."""
        right: Who | None = None
        if _is(password, self.viewer):
            right = "viewer"
        if _is(password, self.teacher):
            right = "teacher"
        return right

    def stamp(self, role: str) -> str:
        """Changes with that role's password, and ends its sessions so."""
        kept = {"teacher": self.teacher, "viewer": self.viewer}.get(role, "")
        return hashlib.sha256((self.secret + kept).encode()).hexdigest()[:16] if kept else ""


def read(data: Path) -> Passwords | None:
    """None where no password was ever set. Raises ConfigError for a file that others can read, or a damaged one."""
    path = data / FILE
    try:
        mode, text = path.stat().st_mode, path.read_text("ascii")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ConfigError(_("passwords in {path}").format(path=path), str(error), _set_anew()) from error
    if sys.platform != "win32" and mode & 0o077:
        found = _("a file that others may read (mode {mode:o})").format(mode=mode & 0o777)
        raise ConfigError(
            _("a secret file at {path}").format(path=path), found, _("type: chmod 600 {path}").format(path=path)
        )
    try:
        return Passwords(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise ConfigError(_("passwords in {path}").format(path=path), str(error), _set_anew()) from error


def write(data: Path, role: Who, password: str) -> None:
    """The others stay. The file is whole or not there, and never readable by others. Raises OSError, ConfigError."""
    try:
        before = read(data)
    except ConfigError:
        before = None
    kept = before or Passwords(secrets.token_hex(32))
    kept = replace(kept, **{role: _hash(password, secrets.token_bytes(16))})
    part = data / f".{FILE}.part"
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "w", encoding="ascii") as file:
        json.dump(asdict(kept), file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, data / FILE)


def _hash(password: str, salt: bytes, n: int = N, r: int = R, p: int = P) -> str:
    with _one_at_a_time:
        key = hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=MEMORY, dklen=32)
    return f"scrypt${n}${r}${p}${salt.hex()}${key.hex()}"


def _is(password: str, kept: str) -> bool:
    try:
        _name, n, r, p, salt, _key = kept.split("$")
        return hmac.compare_digest(_hash(password, bytes.fromhex(salt), int(n), int(r), int(p)), kept)
    except ValueError:  # nobody has set it
        return False


def _set_anew() -> str:
    return _("delete the file and type `gardenwatch review set-password`")
