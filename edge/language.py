"""The one mechanism of translation: gettext catalogues in edge/locale, English where there is none."""

from __future__ import annotations

import gettext
import locale
import os
from pathlib import Path

LOCALE_DIR = Path(__file__).parent / "locale"
_translation: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def use(choice: str = "auto") -> str:
    """Speak that language from now on: "en", "zh-CN", or "auto" (GARDENWATCH_LANG, else the system's).

    Returns the language in use, "en" or "zh_CN".
    """
    global _translation, _language
    if choice == "auto":
        choice = os.environ.get("GARDENWATCH_LANG") or locale.getlocale()[0] or os.environ.get("LANG", "en")
    _language = "zh_CN" if choice.lower().startswith(("zh", "chinese")) else "en"
    _translation = gettext.translation("gardenwatch", LOCALE_DIR, [_language], fallback=True)
    return _language


def current() -> str:
    """The language in use, "en" or "zh_CN"."""
    return _language


def _(message: str) -> str:
    """The message in the language in use; variables are filled in afterwards with `.format`."""
    return _translation.gettext(message)


def N_(message: str) -> str:
    """Marks a message for the catalogue that is translated later, where it is shown."""
    return message
