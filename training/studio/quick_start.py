"""Lets gradio be imported without what it does for editors."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

EVENTS = "BlocksEvents"
"""The one class with a stub that is no component."""


@contextmanager
def without_stubs() -> Iterator[None]:
    """While it holds, gradio writes no stub files (.pyi) for its components.

    On each import, gradio 6 parses the source of each component and compares it with a stub file beside it, which is
    half of the time that it takes (2.3 of 4.7 s), and writes into the folder it is installed in. It goes without where
    a component has no source file, which is what it is told here.
    """
    real = inspect.getfile

    def getfile(what: Any) -> str:
        if type(what).__name__ == "ComponentMeta" or getattr(what, "__name__", "") == EVENTS:
            raise OSError("no source file")
        return real(what)

    inspect.getfile = getfile  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = real
