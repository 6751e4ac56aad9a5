"""Runs a command in a process of its own, as somebody who types it, and passes on what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from training.errors import TrainingError
from training.language import _

PROGRESS = re.compile(r"\d+%\|")
"""What tqdm writes over and over."""
REMEMBERED = 20
"""Lines that may tell why it failed; ssh warns in a dozen."""


def spoken() -> str:
    """The language in use, as the commands want it."""
    return "zh-CN" if _("en") != "en" else "en"


def lines_of(module: str, words: Sequence[str], expected: str, todo: str) -> Iterator[str]:
    """Each line that `python -m module` says, as it says it, progress bars left out.

    The process ends with the iterator. Raises TrainingError with its last line where it fails.
    """
    command = [sys.executable, "-X", "utf8", "-m", module, "--language", spoken(), *words]
    more = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    return lines_of_program(command, lambda said: TrainingError(expected, said[-1] if said else "", todo), more=more)


def lines_of_program(
    command: Sequence[str],
    fault: Callable[[Sequence[str]], TrainingError],
    folder: Path | None = None,
    more: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """The same for any program, in `folder`, with `more` in its environment; `fault` makes its last lines an error."""
    said: deque[str] = deque(maxlen=REMEMBERED)
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder,
        encoding="utf-8", errors="replace", env=os.environ | dict(more or {}),
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.strip() and not PROGRESS.search(line):
                    said.append(line.strip())
                    yield said[-1]
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise fault(tuple(said))
