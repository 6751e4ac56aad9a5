"""A browser on a studio, and a device that it can reach."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.rigs.sshd import Device

if TYPE_CHECKING:
    from tests.review.web.driving import Person

Visitor = Callable[..., "Person"]
"""In a language; on a screen of that size, dark or not."""
DESKTOP = (1280, 900)
OTHER = {"en": "zh-CN", "zh-CN": "en"}


@pytest.fixture
def visitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    """The browser itself speaks the other language: what counts is the page's."""
    from tests.review.web.driving import Person
    from tests.training.studio.test_page import opened
    from tests.training.studio.visiting import waits

    (tmp_path / "temporary").mkdir()

    with ExitStack() as stack:

        def come(language: str, size: tuple[int, int] = DESKTOP, dark: bool = False) -> Person:
            with monkeypatch.context() as studios:  # Chromium wants a shorter path
                studios.setenv("TMPDIR", str(tmp_path / "temporary"))
                address = stack.enter_context(opened(tmp_path / "studio", language))
            person = Person(address, size, dark, OTHER[language], webcam=True)
            stack.callback(person.leaves_for_good)
            person.opens()
            waits(person, "#folder textarea, #folder input")
            return person

        yield come


@pytest.fixture
def reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    """A device whose key every ssh of this test knows, in the studio's process, too."""
    with Device(tmp_path / "device") as device:
        monkeypatch.setenv("PATH", os.pathsep.join((str(device.programs), os.environ["PATH"])))
        yield device
