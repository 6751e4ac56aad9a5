"""Runs a command of this project in a process of its own, as somebody who types it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence

from training.errors import TrainingError
from training.language import _

PROGRESS = re.compile(r"\d+%\|")
"""What tqdm writes over and over."""


def spoken() -> str:
    """The language in use, as the commands want it."""
    return "zh-CN" if _("en") != "en" else "en"


def lines_of(module: str, words: Sequence[str], expected: str, todo: str) -> Iterator[str]:
    """Each line that `python -m module` says, as it says it, progress bars left out.

    The process ends with the iterator. Raises TrainingError with its last line where it fails.
    """
    command = [sys.executable, "-X", "utf8", "-m", module, "--language", spoken(), *words]
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    last = ""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", errors="replace", env=environment,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.strip() and not PROGRESS.search(line):
                    last = line.strip()
                    yield last
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise TrainingError(expected, last, todo)
