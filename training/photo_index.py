"""Finds a photo by the name that a table gives it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

Key = Callable[[Path], str]
PATHS: tuple[Key, ...] = (Path.as_posix, lambda below: below.with_suffix("").as_posix())
NAMES: tuple[Key, ...] = (lambda below: below.name, lambda below: below.stem)
"""The same with and without the suffix."""


class PhotoIndex:
    """The photos below a folder, by their path from there on and by their name alone."""

    def __init__(self, root: Path, photos: Iterable[Path]) -> None:
        below = {path: path.relative_to(root) for path in photos}
        self._folder = _plain(root.resolve().name)
        self._tables = {
            (key, fold): _table(below, lambda path, key=key, fold=fold: fold(key(path)))  # type: ignore[misc]
            for key in PATHS + NAMES
            for fold in (str, _plain)
        }

    def find(self, name: str) -> list[Path]:
        """The photos that it may mean, none or several.

        The path itself goes before a path without suffix, that before a file name; capitals count where both are
        there. A path of another computer may begin with folders above this one: then all that lies below must fit.
        """
        found = self._first(PATHS + NAMES, name)
        parts = name.split("/")
        is_absolute = name.startswith("/") or re.match("[A-Za-z]:", name)
        for depth in range(1, len(parts)):
            if not found and (is_absolute or _plain(parts[depth - 1]) == self._folder):
                found = self._first(PATHS, "/".join(parts[depth:]))
        return found

    def _first(self, keys: tuple[Key, ...], name: str) -> list[Path]:
        tries = (self._tables[key, fold].get(fold(name)) for fold in (str, _plain) for key in keys)
        return next(filter(None, tries), [])


def _table(below: dict[Path, Path], key: Key) -> dict[str, list[Path]]:
    table: dict[str, list[Path]] = {}
    for path, inside in below.items():
        table.setdefault(key(inside), []).append(path)
    return table


def _plain(name: str) -> str:
    """Without capitals, and composed: Macs write é as two signs."""
    return unicodedata.normalize("NFC", name).casefold()
