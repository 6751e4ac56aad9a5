"""Names of classes and photos, as every system and every tool of the course can keep them."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from training.errors import TrainingError
from training.language import _

SIGNS = '/\\:*?"<>|'
"""Windows has no names with these (Microsoft, "Naming Files, Paths, and Namespaces")."""


def class_name(written: str) -> str:
    """Without blanks at its ends, its accents composed: a Mac takes them apart, and it would be another class."""
    return unicodedata.normalize("NFC", written.strip())


def file_name(stem: str) -> str:
    """What is no plain character becomes _: val.txt parts name and index by a blank, and folders by a slash.

    A name in GBK, as ZIP files from Chinese Windows bring it, is read as such.
    """
    if not is_text(stem):
        stem = os.fsencode(stem).decode("gb18030", errors="replace")
    return "".join(sign if sign.isprintable() and sign not in " " + SIGNS else "_" for sign in stem)


def is_text(name: str) -> bool:
    """Whether it is in UTF-8; Linux hands other bytes on as lone surrogates, which nothing can write."""
    return name.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in name)


def shown(name: str) -> str:
    """To be printed, whatever bytes it has."""
    return name.encode("utf-8", "backslashreplace").decode()


def places_of(folders: Iterable[Path]) -> dict[str, list[Path]]:
    """The folders of each class; two may be spelt alike. Raises TrainingError for a name that is no text."""
    places: dict[str, list[Path]] = defaultdict(list)
    for folder in folders:
        if not is_text(folder.name):
            found = shown(str(folder))
            raise TrainingError(_("class folders with names in UTF-8"), found, _("rename the folder"))
        places[class_name(folder.name)].append(folder)
    return places
