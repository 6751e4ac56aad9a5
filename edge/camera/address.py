"""Shows where a camera is without its password."""

from __future__ import annotations

import re

SECRET_KEYS = r"(?:pass(?:word|wd)?|pwd|secret|token|key|auth)"
# With a scheme, or as people mistype it: `user:password@host`, `rtsp:/user:password@host`; not a Windows drive.
_USER_PART = re.compile(r"(://).*@|^(?![A-Za-z]:[\\/])[^/@:]+:(?!//).*@")
# `_` and `/` part the keys of XM cameras: `/user=admin_password=secret_channel=1_stream=0.sdp`.
_SECRET_VALUE = re.compile(
    rf"([?&;/_][^=&;/?]*{SECRET_KEYS}[^=&;/?]*=)(?:(?!_(?:user|channel|stream)=)[^&;#])*", re.IGNORECASE
)


def without_secrets(source: str | int) -> str:
    """The address with `***` for user, password and for values of keys such as `pwd=`.

    Everything up to the last @ goes, because passwords hold /, # and @ that nobody has escaped.
    """
    return _SECRET_VALUE.sub(r"\1***", _USER_PART.sub(r"\1***@", str(source)))
