"""Makes a bare Debian with mmdebstrap, once: an archive that each rig unpacks anew."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "gardenwatch-tests"
PACKAGES = ("systemd", "systemd-sysv", "dbus", "udev", "python3", "python3-venv", "libgl1", "libxcb1")
"""What the rigs and the install script need; OpenCV's glib besides, whose name depends on the release."""
GLIB = {"bookworm": "libglib2.0-0", "trixie": "libglib2.0-0t64"}


def archive(release: str = "bookworm", architecture: str | None = None, more: Sequence[str] = ()) -> Path:
    """The archive of that Debian. The first call makes it: half a minute (foreign: minutes), and a network."""
    name = "-".join((release, *([architecture] if architecture else []), *more))
    made = CACHE / f"{name}.tar"
    if not made.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        packages = ",".join((*PACKAGES, GLIB[release], *more))
        line = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={packages}"]
        line += [f"--architectures={architecture}"] if architecture else []
        new = made.with_suffix(".new.tar")
        subprocess.run([*line, release, str(new)], check=True, capture_output=True, text=True)
        new.rename(made)
    return made


def unpack(what: Path, root: Path) -> None:
    """Into a new folder."""
    root.mkdir(parents=True)
    subprocess.run(["tar", "-xf", what, "-C", root], check=True)
