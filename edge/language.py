"""The one mechanism of translation: gettext catalogues in edge/locale, English where there is none."""

from __future__ import annotations

import functools
import gettext
import locale
import os
import re
from collections.abc import Iterable
from contextvars import ContextVar
from pathlib import Path

LOCALE_DIR = Path(__file__).parent / "locale"
ASKED_BY = ("GARDENWATCH_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
"""In this order, the last three as POSIX has them; `locale` alone says C where that language is not generated."""
_SEAM = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])")
_ASKED = re.compile(r"""^language[ \t]*[:：][ \t]*["']?(auto|en|zh-CN)\b""", re.MULTILINE)
_language = "en"
_here: ContextVar[str | None] = ContextVar("language", default=None)


def use(choice: str = "auto") -> str:
    """Speak that language from now on: "en", "zh-CN", or "auto" (GARDENWATCH_LANG, else the system's).

    Returns the language in use, "en" or "zh_CN".
    """
    global _language
    if choice == "auto":
        choice = next(filter(None, map(os.environ.get, ASKED_BY)), None) or locale.getlocale()[0] or "en"
    _language = _known(choice)
    return _language


def use_of(file: Path) -> None:
    """Speak the language that a configuration asks for, also where its faults hinder reading it; else as before."""
    try:
        found = _ASKED.search(file.read_text("utf-8", errors="replace"))
    except (OSError, ValueError):
        return
    if found:
        use(found[1])


def use_here(choice: str | None) -> None:
    """Speak that language in this thread or task only, such as for one visitor of the page; None: the common one."""
    _here.set(None if choice is None else _known(choice))


def current() -> str:
    """The language in use, "en" or "zh_CN"."""
    return _here.get() or _language


def _(message: str) -> str:
    """The message in the language in use; variables are filled in afterwards with `.format`."""
    return _catalogue(current()).gettext(message)


def _n(one: str, many: str, count: int) -> str:
    """The message for that number of things; variables are filled in afterwards with `.format`."""
    return _catalogue(current()).ngettext(one, many, count)


def N_(message: str) -> str:
    """Marks a message for the catalogue that is translated later, where it is shown."""
    return message


def spaced(text: str) -> str:
    """With the space that Chinese typography wants between Chinese and Latin, where a name was filled in."""
    return _SEAM.sub(" ", text)


def listed(words: Iterable[str]) -> str:
    """Some words in one line, with the comma of the language in use."""
    return _(", ").join(words)


def _known(choice: str) -> str:
    return "zh_CN" if choice.lower().startswith(("zh", "chinese")) else "en"


@functools.cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("gardenwatch", LOCALE_DIR, [language], fallback=True)
