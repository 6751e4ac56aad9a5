"""Asks of a path whether it is there and may be read."""

from __future__ import annotations

import errno
from pathlib import Path
from stat import S_ISDIR

from edge.errors import SourceError
from edge.language import _

NOT_THERE = {errno.ENOENT, errno.ENOTDIR}


def mode_of(path: Path, expected: str) -> int | None:
    """`st_mode` of what the path leads to; None where nothing is there.

    Raises SourceError, with what was `expected`, where nobody can tell: behind a closed folder, say. Not
    Path.exists(), which lets PermissionError through up to Python 3.13 and hides it from 3.14 on.
    """
    try:
        return path.stat().st_mode
    except OSError as error:
        if error.errno in NOT_THERE:
            return None
        raise unreadable(path, expected, error) from error
    except ValueError:  # a null byte
        return None


def must_be_readable(path: Path, expected: str) -> None:
    """Raises SourceError where the file or folder is not there, or this user may not read it."""
    mode = mode_of(path, expected)
    if mode is None:
        raise SourceError(expected, _("no {name}").format(name=path), _("check the path"))
    try:
        if S_ISDIR(mode):
            next(path.iterdir(), None)
        else:
            path.open("rb").close()
    except OSError as error:
        raise unreadable(path, expected, error) from error


def unreadable(path: Path, expected: str, error: OSError) -> SourceError:
    """What to raise for a path that the system does not let this user read."""
    found = _("{name}, which cannot be read ({reason})").format(name=path, reason=error.strerror)
    return SourceError(expected, found, _("give this user the right to read it and the folders above it"))
