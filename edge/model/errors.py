"""Errors of the model file, each saying what was expected, what was found, what to do."""

from __future__ import annotations


class ModelError(Exception):
    """A model file that cannot be used."""

    def __init__(self, expected: str, found: str, todo: str) -> None:
        super().__init__(f"expected {expected}; found {found}; {todo}")
        self.expected, self.found, self.todo = expected, found, todo
