"""Training, studio, review and dry run make no call that Windows does not have: school PCs run it."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

NOT_ON_WINDOWS = {
    "os": {
        "chown", "chroot", "confstr", "fchdir", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid",
        "getgroups", "getloadavg", "getpgid", "getpgrp", "getpriority", "getresuid", "getsid", "getuid", "initgroups",
        "killpg", "lchown", "mkfifo", "mknod", "nice", "openpty", "posix_fadvise", "posix_fallocate", "posix_spawn",
        "pread", "pwrite", "sched_getaffinity", "sched_setaffinity", "sendfile", "setegid", "seteuid", "setgid",
        "setpriority", "setsid", "setuid", "statvfs", "sync", "sysconf", "tcgetpgrp", "ttyname", "uname", "wait3",
        "wait4", "waitid", "WIFEXITED", "WEXITSTATUS", "WIFSIGNALED", "WTERMSIG", "O_DIRECTORY", "O_NOFOLLOW",
    },
    "signal": {
        "SIGALRM", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGUSR1", "SIGUSR2", "alarm", "pause",
        "pthread_kill", "pthread_sigmask", "setitimer", "sigwait",
    },
    "socket": {"AF_UNIX", "socketpair", "fromfd"},
    "time": {"tzset", "clock_gettime", "CLOCK_BOOTTIME", "CLOCK_MONOTONIC"},
    "select": {"poll", "epoll"},
}  # fmt: skip
"""Names that Python's documentation marks "Availability: Unix" in modules that Windows has."""
MODULES = {"crypt", "curses", "fcntl", "grp", "pty", "pwd", "readline", "resource", "spwd", "syslog", "termios", "tty"}
SERVICE_ONLY = {"edge/service.py"}
"""Talks to systemd, and only where there is one (NOTIFY_SOCKET)."""


def sources() -> list[Path]:
    """All of training and edge: the dry run imports nearly all of the device side, and review the rest."""
    return sorted(path for part in ("training", "edge") for path in (PROJECT / part).rglob("*.py"))


def posix_calls(path: Path) -> list[str]:
    """Names with their line that Windows lacks, outside of branches that ask for the system."""
    found: list[str] = []

    def look(node: ast.AST) -> None:
        if isinstance(node, ast.If | ast.IfExp) and _asks_for_the_system(node.test):
            return
        if isinstance(node, ast.Attribute) and node.attr in NOT_ON_WINDOWS.get(ast.unparse(node.value), ()):
            found.append(f"{path.name}:{node.lineno} {ast.unparse(node)}")
        if isinstance(node, ast.ImportFrom) and node.module in NOT_ON_WINDOWS:
            names = {alias.name for alias in node.names} & NOT_ON_WINDOWS[node.module]
            found.extend(f"{path.name}:{node.lineno} {node.module}.{name}" for name in names)
        if isinstance(node, ast.Import | ast.ImportFrom):
            names_of = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            found.extend(
                f"{path.name}:{node.lineno} import {name}" for name in names_of if name.split(".")[0] in MODULES
            )
        for below in ast.iter_child_nodes(node):
            look(below)
            if isinstance(below, ast.If) and _asks_for_the_system(below.test) and _leaves(below.body[-1]):
                return  # what follows runs on the other systems only

    look(ast.parse(path.read_text("utf-8")))
    return found


def _leaves(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Return | ast.Raise)


def _asks_for_the_system(test: ast.expr) -> bool:
    text = ast.unparse(test)
    return any(sign in text for sign in ("sys.platform", "os.name", "hasattr(os", "hasattr(socket", "hasattr(signal"))


def test_no_source_makes_a_call_that_windows_lacks() -> None:
    looked = [path for path in sources() if path.relative_to(PROJECT).as_posix() not in SERVICE_ONLY]
    assert len(looked) > 200
    assert [call for path in looked for call in posix_calls(path)] == []


def test_the_list_is_of_names_that_this_system_has() -> None:
    """A name that is misspelt would be looked for in vain."""
    if sys.platform != "linux":
        pytest.skip("the names are Linux's")
    import os
    import select
    import signal
    import socket
    import time

    modules = {"os": os, "signal": signal, "socket": socket, "time": time, "select": select}
    wrong = [f"{m}.{n}" for m, names in NOT_ON_WINDOWS.items() for n in names if not hasattr(modules[m], n)]
    assert wrong == []


@pytest.mark.parametrize(
    "text", ["import fcntl", "import os\nos.fork()", "from os import getuid", "import signal\nx = signal.SIGKILL"]
)
def test_what_windows_lacks_is_found(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    assert len(posix_calls(tmp_path / "a.py")) == 1


def test_a_branch_for_one_system_is_allowed(tmp_path: Path) -> None:
    branch = "if sys.platform != 'win32':\n    os.fork()\n"
    early = "def f():\n    if os.name == 'nt':\n        return\n    os.fork()\n"
    for text, count in ((branch, 0), (early, 0), (early + "os.fork()\n", 1)):
        (tmp_path / "a.py").write_text("import os, sys\n" + text, encoding="utf-8")
        assert len(posix_calls(tmp_path / "a.py")) == count
