"""A photo made small enough to stand within a page."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from PIL import Image as Pillow

LONGEST_PX = 320
"""Sharp at the width it has on a page, and some 15 kB."""


def thumbnail_address(photo: Path) -> str | None:
    """A data: address with a small JPEG, without the record that the photo carries; None where it cannot be read."""
    try:
        with Pillow.open(photo) as image:
            image.draft("RGB", (LONGEST_PX, LONGEST_PX))  # decodes at a smaller size, where the JPEG allows it
            small = image.convert("RGB")
            small.thumbnail((LONGEST_PX, LONGEST_PX))
    except (OSError, SyntaxError, ValueError, Pillow.DecompressionBombError):  # what Pillow says of a broken file
        return None
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
