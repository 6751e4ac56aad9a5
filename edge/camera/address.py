"""Shows where a camera is without its password."""

from __future__ import annotations

import re

SECRET_KEYS = r"(?:pass(?:word|wd)?|pwd|secret|token|key|auth)"
_USER_PART = re.compile(r"://.*@")
_SECRET_VALUE = re.compile(rf"([?&;][^=&;]*{SECRET_KEYS}[^=&;]*=)[^&;#]*", re.IGNORECASE)


def without_secrets(source: str | int) -> str:
    """The address with `***` for user, password and for values of keys such as `pwd=`.

    Everything up to the last @ goes, because passwords hold /, # and @ that nobody has escaped.
    """
    return _SECRET_VALUE.sub(r"\1***", _USER_PART.sub("://***@", str(source)))
