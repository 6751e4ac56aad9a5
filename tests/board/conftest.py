"""What the board's tests share: a journal of its log, patience with conditions."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.programs import SLOW_S
from tests.rigs.uno import Bench, environment


class Journal(logging.Handler):
    """The lines that the board has logged."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def about(self, *parts: str) -> list[str]:
        return [line for line in self.lines if all(part in line for part in parts)]


@pytest.fixture(scope="module")
def journal() -> Iterator[Journal]:
    handler, logger = Journal(), logging.getLogger("edge.board")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.setLevel(level)
    logger.removeHandler(handler)


@pytest.fixture(scope="module")
def see() -> Iterator[Callable[..., None]]:
    """`see(uno, ...)`: boards made from now on find these emulated ones on USB."""
    with pytest.MonkeyPatch.context() as patch:

        def let_see(*unos: Bench) -> None:
            for key, value in environment(*unos).items():
                if os.environ.get(key) != value:  # what a single test has set is given back by that test
                    patch.setenv(key, value)

        yield let_see


def eventually(condition: Callable[[], bool], timeout_s: float = SLOW_S) -> bool:
    """Whether the condition comes true in that time; looked at every 10 ms."""
    until = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


@contextmanager
def pulled_out(uno: Bench) -> Iterator[None]:
    """The cable is out; in again afterwards, whatever was found meanwhile, since a file's tests share one board."""
    uno.unplug()
    try:
        yield
    finally:
        uno.plug()


def worker_pid() -> int:
    """The one board worker that this process has started; waits for the next where one has just ended."""
    seen: list[int] = []

    def is_one() -> bool:
        seen[:] = _worker_pids()
        return len(seen) == 1

    assert eventually(is_one), seen
    return seen[0]


def _worker_pids() -> list[int]:
    children = [child for file in Path("/proc/self/task").glob("*/children") for child in _read(file).split()]
    return [int(child) for child in children if b"edge.board.worker" in _read(Path(f"/proc/{child.decode()}/cmdline"))]


def _read(file: Path) -> bytes:
    """What the system says of a thread or process; nothing where it has just ended."""
    try:
        return file.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def cpu_share(pid: int, for_s: float) -> float:
    """How much of one core a process takes, 0 to 1, measured that long."""

    def used_s() -> float:
        user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    before = used_s()
    time.sleep(for_s)
    return (used_s() - before) / for_s
