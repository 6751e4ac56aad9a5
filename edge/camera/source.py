"""Tells what kind of camera a source asks for."""

from __future__ import annotations

from pathlib import Path
from stat import S_ISCHR, S_ISDIR
from typing import Literal

from edge.camera.address import without_secrets
from edge.camera.reach import mode_of
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
    expected = _("a camera number, /dev/video*, rtsp:// or http:// address, video file, folder of pictures, or demo")
    if mark:
        # `user:password@http://...` has its password in what stands before the mark
        found = _("an address of the unknown kind {scheme}://").format(scheme=scheme if scheme.isalnum() else "…")
        raise SourceError(expected, found, _("use one of {known}").format(known=", ".join(f"{s}://" for s in STREAMS)))
    mode = mode_of(Path(text), expected) if text else None
    if mode is not None:
        return "folder" if S_ISDIR(mode) else "live" if S_ISCHR(mode) else "file"
    found = _("no file or folder {name}").format(name=without_secrets(text)) if text else _("nothing")
    raise SourceError(
        expected, found, _("check the path; the name alone counts from {folder}").format(folder=Path.cwd())
    )
