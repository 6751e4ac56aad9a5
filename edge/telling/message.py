"""A message to people: title, text, the same as HTML, and pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image as Pillow

LONGEST_PX = 800
"""Sharp on a phone, and under 100 kB each."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG without the record that a photo carries, and its caption."""

    name: str
    content: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Message:
    """Ready to be sent, whoever carries it."""

    title: str
    lines: tuple[str, ...]
    """Of the text, one below the other."""
    pictures: tuple[Picture, ...] = ()
    details: str = ""
    """HTML between the lines and the pictures; services that show text only leave it out."""
    footer: str = ""

    @property
    def text(self) -> str:
        return "\n".join([*self.lines, "", self.footer]).strip()

    @property
    def html(self) -> str:
        """For e-mail: styles stand within the tags, pictures are parts of the message (cid:)."""
        lines = "".join(f'<p style="margin:0 0 6px">{escape(line)}</p>' for line in self.lines)
        photos = "".join(_figure(one) for one in self.pictures)
        footer = (
            f'<p style="margin:16px 0 0;font-size:12px;color:#777">{escape(self.footer)}</p>' if self.footer else ""
        )
        return (
            '<div style="font:16px/1.5 system-ui,sans-serif;max-width:600px">'
            f'<h1 style="font-size:20px;line-height:1.3;margin:0 0 10px">{escape(self.title)}</h1>'
            f"{lines}{photos}{self.details}{footer}</div>"
        )

    @contextmanager
    def files(self) -> Iterator[Sequence[Path]]:
        """The pictures as files for as long as they are needed."""
        with TemporaryDirectory(prefix="gardenwatch-") as folder:
            paths = [Path(folder) / one.name for one in self.pictures]
            for path, one in zip(paths, self.pictures, strict=True):
                path.write_bytes(one.content)
            yield paths


def picture(photo: Path, name: str, caption: str) -> Picture | None:
    """The photo without its record, and not larger than a phone shows; None where it cannot be read."""
    try:
        with Pillow.open(photo) as image:
            image.draft("RGB", (LONGEST_PX, LONGEST_PX))
            small = image.convert("RGB")
    except (OSError, SyntaxError, ValueError, Pillow.DecompressionBombError):  # what Pillow says of a broken file
        return None
    small.thumbnail((LONGEST_PX, LONGEST_PX))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=85)
    return Picture(name, buffer.getvalue(), caption)


def _figure(one: Picture) -> str:
    caption = f'<div style="font-size:13px;color:#555">{escape(one.caption)}</div>' if one.caption else ""
    return (
        '<div style="display:inline-block;vertical-align:top;margin:8px 8px 8px 0;max-width:280px">'
        f'<img src="cid:{one.name}" alt="{escape(one.caption)}" '
        f'style="display:block;max-width:280px;width:100%;border-radius:6px">{caption}</div>'
    )
