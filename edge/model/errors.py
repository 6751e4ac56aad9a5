"""Errors of the model file, each saying what was expected, what was found, what to do."""

from __future__ import annotations

from collections.abc import Callable


def N_(message: str) -> str:  # gettext's own name for a text that is translated where it is shown
    return message


class ModelError(Exception):
    """A model file that cannot be used.

    The three texts may hold {places} for `values`, so that whoever shows them can translate them first.
    """

    def __init__(self, expected: str, found: str, todo: str, **values: object) -> None:
        self._texts = (expected, found, todo)
        self._values = values
        self.expected, self.found, self.todo = self.in_words(lambda text: text)
        super().__init__(f"expected {self.expected}; found {self.found}; {self.todo}")

    def in_words(self, translate: Callable[[str], str]) -> tuple[str, str, str]:
        """What was expected, what was found, what to do, each through `translate`."""
        expected, found, todo = (translate(text).format(**self._values) for text in self._texts)
        return expected, found, todo
