"""Says in plain words why something could not be written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from edge.errors import StoreFault
from edge.language import _
from edge.review.web.garden import garden

HELD = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


@contextmanager
def writing() -> Iterator[None]:
    """Raises StoreFault for what the disk or the database refuses."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in HELD:  # the rest of the number says more than is needed
            todo = _("another program writes just now; wait a moment, then try again")
        else:
            todo = _("look at the disk and the rights of this user, then try again")
        found = getattr(error, "strerror", None) or str(error)
        raise StoreFault(_("a record that can be written in {path}").format(path=garden().data), found, todo) from error
