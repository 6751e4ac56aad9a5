"""Tells what kind of camera a source asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from edge.errors import SourceError
from edge.language import _

SourceKind = Literal["demo", "file", "folder", "live"]

STREAMS = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "tcp", "srt")
"""What FFmpeg reads from the network."""


def kind_of(source: str | int) -> SourceKind:
    """Looks at names only and touches no device: a camera that is not plugged in yet is live, and waited for.

    Raises SourceError where it is neither an address, nor a device, nor an existing file or folder.
    """
    text = str(source).strip()
    if text == "demo":
        return "demo"
    scheme, mark, _rest = text.partition("://")
    if text.isdecimal() or text.startswith("/dev/") or (mark and scheme.lower() in STREAMS):
        return "live"
    path = Path(text)
    if text and not mark and path.exists():
        if path.is_dir():
            return "folder"
        return "live" if path.is_char_device() else "file"
    expected = _("a camera number, /dev/video*, rtsp:// or http:// address, video file, folder of pictures, or demo")
    if mark:
        found = _("an address of the unknown kind {scheme}://").format(scheme=scheme)
        raise SourceError(expected, found, _("use one of {known}").format(known=", ".join(f"{s}://" for s in STREAMS)))
    found = _("no file or folder {name}").format(name=text) if text else _("nothing")
    raise SourceError(
        expected, found, _("check the path; the name alone counts from {folder}").format(folder=Path.cwd())
    )
