"""A set without a fault, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from training.check.check import check
from training.check.fault import Fault
from training.commands import group
from training.prepare import prepare

Raw = Callable[..., Path]
RED = "training_set/red"


@pytest.fixture
def root(raw: Raw, tmp_path: Path) -> Path:
    """A faultless split set of 3 classes with 50 photos each."""
    out = tmp_path / "set"
    prepare(raw(50), out)
    return out


def photo(root: Path, place: str) -> Path:
    """The first photo of a class folder."""
    return sorted((root / place).glob("*.jpg"))[0]


def faults(root: Path) -> list[Fault]:
    return check(root).faults


def only(root: Path) -> Fault:
    found = faults(root)
    assert len(found) == 1, found
    return found[0]


def lines_of(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def said(root: Path, *options: str) -> Result:
    return CliRunner().invoke(group, ["check", str(root), *options])
