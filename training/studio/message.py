"""Shows on the page what went wrong, and pages inside it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from html import escape
from typing import ParamSpec, TypeVar

import gradio as gr

from edge.model.errors import ModelError
from training.errors import TrainingError, in_words
from training.language import _
from training.pictures import UnreadablePicture

P = ParamSpec("P")
R = TypeVar("R")

TOLD = (TrainingError, ModelError, UnreadablePicture, OSError)
"""What a person can mend; all else is a fault of the program, and shown as one."""


OPTION = re.compile(r"--[a-z][a-z-]*")


def on_the_page(text: str) -> str:
    """What a command says, with the page's fields in place of the options that they stand for."""
    fields = {
        "--weights": _("“Start weights” (2 Network, More)"),
        "--checkpoint": _("“Go on from a checkpoint” (2 Network, More)"),
        "--backbone": _("“Network” (2 Network)"),
    }
    return OPTION.sub(lambda found: fields.get(found[0], found[0]), text)


def saying(act: Callable[P, R]) -> Callable[P, R]:
    """The act, whose errors a person reads on the page instead of a lone word."""

    @functools.wraps(act)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return act(*args, **kwargs)
        except TOLD as error:
            raise _shown(error) from error

    return told


def saying_lines(act: Callable[P, Iterator[R]]) -> Callable[P, Iterator[R]]:
    """The same for an act that shows how far it is."""

    @functools.wraps(act)
    def told(*args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        try:
            yield from act(*args, **kwargs)
        except TOLD as error:
            raise _shown(error) from error

    return told


def _shown(error: Exception) -> gr.Error:
    said = str(error)
    if isinstance(error, (TrainingError, ModelError)):
        said = in_words(error)
    elif isinstance(error, OSError):
        text = _("{path}: {reason}; choose another folder, change its rights, or make room")
        said = text.format(path=error.filename, reason=error.strerror)
    return gr.Error(escape(on_the_page(said)), duration=30, print_exception=False)


def framed(html: str) -> str:
    """A whole page inside this one, whose style stays its own."""
    return f'<iframe srcdoc="{escape(html)}" title="" style="width:100%;height:70vh;border:1px solid #8884"></iframe>'
