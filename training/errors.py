"""Errors of the training side, each saying what was expected, what was found, what to do."""

from __future__ import annotations

from edge.model.errors import ModelError
from training.language import _


class TrainingError(Exception):
    """Something a person can mend; the three parts are lower case sentences without a full stop."""

    exit_code = 1

    def __init__(self, expected: str, found: str, todo: str) -> None:
        super().__init__(f"expected {expected}; found {found}; {todo}")
        self.expected, self.found, self.todo = expected, found, todo


class UsageError(TrainingError):
    """What was typed cannot be done: a folder that is not there, an output that already holds something."""

    exit_code = 2


def in_words(error: TrainingError | ModelError) -> str:
    """One sentence in the language in use; the device's errors are not translated until they are shown."""
    expected, found, todo = error.expected, error.found, error.todo
    if isinstance(error, ModelError):
        expected, found, todo = error.in_words(_)
    return _("expected {expected}; found {found}; {todo}").format(expected=expected, found=found, todo=todo)
