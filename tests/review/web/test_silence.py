"""Whether a process is there, as Windows tells it: its kernel is the one part that nothing here can stand for."""

from __future__ import annotations

import os
import sys
from ctypes import cast
from typing import Any

import pytest

from edge.review.web.silence import _is_there, is_there_on_windows

ALIVE, ENDED, OF_SOMEBODY_ELSE = 4, 8, 12
NO_SUCH, DENIED, STILL_ACTIVE = 87, 5, 259


class Function:
    """One of a library's: may be told its types."""

    def __init__(self, does: Any) -> None:
        self._does, self.restype, self.argtypes = does, None, ()

    def __call__(self, *words: Any) -> Any:
        return self._does(*words)


class Kernel:
    """As kernel32 answers, by Microsoft's documentation."""

    def __init__(self) -> None:
        self.error, self.held = 0, [0]
        self.OpenProcess = Function(self._open)
        self.GetExitCodeProcess = Function(self._code)
        self.CloseHandle = Function(lambda handle: self.held.remove(handle))

    def _open(self, access: int, inherits: bool, pid: int) -> int | None:
        assert (access, inherits) == (0x1000, False)
        if pid not in (ALIVE, ENDED):
            self.error = DENIED if pid == OF_SOMEBODY_ELSE else NO_SUCH
            return None
        self.held.append(pid * 100)
        return pid * 100

    def _code(self, handle: int, code: Any) -> int:
        cast(code, self.GetExitCodeProcess.argtypes[1])[0] = STILL_ACTIVE if handle == ALIVE * 100 else 1
        return 1


@pytest.mark.parametrize(("pid", "there"), [(ALIVE, True), (ENDED, False), (OF_SOMEBODY_ELSE, True), (999, False)])
def test_a_process_is_asked_for_without_touching_it(pid: int, there: bool) -> None:
    kernel = Kernel()
    assert is_there_on_windows(pid, kernel, lambda: kernel.error) is there
    assert kernel.held == [0], "each handle is given back"


def test_this_process_is_there() -> None:
    assert _is_there(os.getpid())
    assert _is_there(0), "nobody's number"
    assert sys.platform == "win32" or not _is_there(2**22 + 1), "more than Linux gives"
