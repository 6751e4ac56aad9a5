"""The command `gardenwatch-train`."""

from __future__ import annotations

import sys
from io import TextIOWrapper

from training import language


def main() -> None:
    """Choose the language first, because the help texts are translated when the commands are read."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a file's name may hold what the terminal has no sign for
            stream.reconfigure(errors="backslashreplace")
    language.use(_wanted_language(sys.argv[1:]))
    from training.commands import group

    group(prog_name="gardenwatch-train")


def _wanted_language(arguments: list[str]) -> str:
    for given, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if given == "--language":
            return following
        if given.startswith("--language="):
            return given.removeprefix("--language=")
    return "auto"
