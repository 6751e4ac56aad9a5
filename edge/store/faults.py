"""What a disk's error means for the store."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import Literal

StoreState = Literal["ok", "disk_full", "read_only", "failing"]
Fault = Literal["disk_full", "read_only", "failing"]
DiskError = (OSError, sqlite3.Error)

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}  # Windows has no EDQUOT
# The low byte is the primary code (https://www.sqlite.org/rescode.html).
_PRIMARY = 0xFF
# What SQLite says on a full disk where the log's index (-shm) has to be made anew (seen on tmpfs).
_NO_ROOM_FOR_INDEX = sqlite3.SQLITE_IOERR_SHMSIZE


def fault_of(error: OSError | sqlite3.Error) -> Fault:
    """`disk_full` and `read_only` are known to pass or to need one remedy; all else is `failing`."""
    if isinstance(error, OSError):
        if error.errno in _FULL:
            return "disk_full"
        return "read_only" if error.errno == errno.EROFS else "failing"
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code & _PRIMARY == sqlite3.SQLITE_FULL or code == _NO_ROOM_FOR_INDEX:
        return "disk_full"
    return "read_only" if code & _PRIMARY == sqlite3.SQLITE_READONLY else "failing"


def is_of_the_disk(error: sqlite3.Error) -> bool:
    """False where the statement itself is at fault, so that trying again would fail for ever."""
    return not isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.DataError)


def is_damage(error: sqlite3.Error) -> bool:
    """The file is no whole database."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


def is_held(error: OSError | sqlite3.Error) -> bool:
    """Another program keeps the database for itself."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def behind(error: OSError | sqlite3.Error, database: Path, flags: int) -> OSError | sqlite3.Error:
    """What the system says where SQLite says only that it cannot open or write a file.

    `flags` as for os.open. Only for who has no connection: closing a file lets go of all SQLite's locks on it.
    """
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if isinstance(error, OSError) or code not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
        return error
    for end in ("", "-wal", "-shm"):
        try:
            os.close(os.open(database.with_name(database.name + end), flags))
        except FileNotFoundError:
            continue
        except OSError as cause:
            return cause
    return error


def describe(error: OSError | sqlite3.Error) -> str:
    """One phrase for a log line, with the error's own name."""
    if isinstance(error, OSError):
        return f"{errno.errorcode.get(error.errno or 0, 'error')}: {error.strerror or error}"
    return f"{getattr(error, 'sqlite_errorname', 'SQLITE_ERROR')}: {error}"
