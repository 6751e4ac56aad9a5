"""A file or folder that appears under its name only when it is whole."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.errors import GardenwatchError, UsageError
from edge.language import _


@contextmanager
def whole_file(final: Path) -> Iterator[Path]:
    """A path beside `final` to write; renamed when the block ends well, else removed. An earlier file is replaced."""
    with _beside(final) as part:
        yield part
        with open(part, "rb+") as file:
            os.fsync(file.fileno())  # a stick that is pulled at once holds the whole file, or the earlier one
        os.replace(part, final)


@contextmanager
def whole_folder(final: Path) -> Iterator[Path]:
    """A folder beside `final` to fill; the same. Raises UsageError where something is there already."""
    if final.exists():
        raise UsageError(_("a new folder"), _("{path}, which is there").format(path=final), _("choose another name"))
    with _beside(final) as part:
        part.mkdir()
        yield part
        os.replace(part, final)


@contextmanager
def _beside(final: Path) -> Iterator[Path]:
    final = final.absolute()
    if not final.parent.is_dir():
        found = _("no folder {path}").format(path=final.parent)
        raise UsageError(_("a name in a folder that is there"), found, _("make that folder, or choose another"))
    part = final.with_name(f".{final.name}.part")
    _remove(part)  # of an export that was killed
    try:
        yield part
    except OSError as error:
        room = error.errno in (errno.ENOSPC, errno.EDQUOT)
        todo = _("make room") if room else _("check the disk and the rights of this user")
        expected = _("to write {path}").format(path=final)
        raise GardenwatchError(expected, error.strerror or str(error), todo) from error
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)
