"""Asks for a folder with the system's own window, where it has one."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

from training.errors import TrainingError
from training.language import _

ASK = """
import sys, tkinter
from tkinter import filedialog
window = tkinter.Tk()
window.withdraw()
window.attributes("-topmost", True)
sys.stdout.buffer.write(filedialog.askdirectory(title=sys.argv[1], mustexist=True).encode())
"""


def can_browse() -> bool:
    """Whether there is a window system, and Python has its tkinter."""
    has_windows = sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY"))
    return has_windows and importlib.util.find_spec("tkinter") is not None


def chosen_folder() -> str | None:
    """The folder that was chosen; None where the window was closed.

    In a process of its own: windows belong to a program's first thread. Raises TrainingError where none opens.
    """
    command = [sys.executable, "-X", "utf8", "-c", ASK, _("Folder of photos")]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        todo = _("type the path of the folder")
        raise TrainingError(_("a window to choose a folder in"), said[-1] if said else _("none"), todo)
    return done.stdout.decode() or None
