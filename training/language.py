"""Translation of training's messages: gettext catalogues in training/locale, English where there is none."""

from __future__ import annotations

import gettext
import locale
import os
from pathlib import Path

import edge

DOMAIN = "gardenwatch-train"
OF_CLICK = "click"
"""Another catalogue: what click says by itself, such as "Missing argument", comes from the process's default domain."""
LOCALE_DIR = Path(__file__).parent / "locale"
OF_EDGE = "gardenwatch"
"""The device's catalogue: its words say what is wrong with a model file."""
EDGE_LOCALE_DIR = Path(edge.__file__).parent / "locale"
ASKED_BY = ("GARDENWATCH_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
"""In this order, the last three as POSIX has them; `locale` alone says C where that language is not generated."""
_translation: gettext.NullTranslations = gettext.NullTranslations()


def use(choice: str = "auto") -> str:
    """Speak that language from now on: "en", "zh-CN", or "auto" (GARDENWATCH_LANG, else the system's).

    Returns the language in use, "en" or "zh_CN".
    """
    global _translation
    if choice == "auto":
        choice = next(filter(None, map(os.environ.get, ASKED_BY)), None) or locale.getlocale()[0] or "en"
    language = "zh_CN" if choice.lower().startswith(("zh", "chinese")) else "en"
    _translation = gettext.translation(DOMAIN, LOCALE_DIR, [language], fallback=True)
    _translation.add_fallback(gettext.translation(OF_EDGE, EDGE_LOCALE_DIR, [language], fallback=True))
    gettext.bindtextdomain(OF_CLICK, LOCALE_DIR)
    gettext.textdomain(OF_CLICK)
    os.environ["LANGUAGE"] = language  # the only way to tell the default domain
    return language


def _(message: str) -> str:
    """The message in the language in use; variables are filled in afterwards with `.format`."""
    return _translation.gettext(message)


def _n(one: str, many: str, count: int) -> str:
    """The message for that number of things; variables are filled in afterwards with `.format`."""
    return _translation.ngettext(one, many, count)
