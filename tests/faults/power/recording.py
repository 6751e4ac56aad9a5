"""What a program did to a folder, in its order: from the system calls that strace saw, SQLite's among them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import PROJECT

NAMES = "openat,write,pwrite64,writev,pwritev,lseek,close,fsync,fdatasync,rename,unlink,mkdir,ftruncate,rmdir"
UNREAD = "open,creat,renameat,renameat2,unlinkat,mkdirat,truncate,fallocate,link,linkat,copy_file_range,sendfile,splice"
"""Calls that change files, and that the programs here don't use; one of them ends the reading: none is missed."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file or a folder that was not there came into being."""

    path: str
    is_folder: bool


@dataclass(frozen=True, slots=True)
class Moved:
    path: str
    to: str


@dataclass(frozen=True, slots=True)
class Gone:
    path: str


@dataclass(frozen=True, slots=True)
class Wrote:
    path: str
    offset: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """The file has that length now."""

    path: str
    length: int


@dataclass(frozen=True, slots=True)
class Synced:
    """A file's content, or a folder's names, were handed to the disk, and the program has been told so."""

    path: str


@dataclass(frozen=True, slots=True)
class Said:
    """The program told somebody."""

    line: str


Event = Made | Moved | Gone | Wrote | Cut | Synced | Said


def missing() -> str | None:
    """What a recording needs and is not here."""
    return None if shutil.which("strace") else "strace: apt-get install strace (make test-system)"


def record(program: list[str], folder: Path, log: Path) -> list[Event]:
    """Runs the program to its end; what it did below `folder`, as paths relative to it, and what it said.

    Raises ValueError where the program failed, or made a call that cannot be read.
    """
    line = ["strace", "-f", "-y", "-xx", "-s", "16000000", "--seccomp-bpf", "-o", str(log), "-e", f"{NAMES},{UNREAD}"]
    reader = _Reader(folder)
    done = subprocess.run([*line, *program], cwd=PROJECT, capture_output=True, text=True)
    if done.returncode != 0:
        raise ValueError(f"expected {program} to end with 0; found {done.returncode}: {done.stderr[-2000:]}")
    with log.open(encoding="ascii") as file:
        return list(reader.events(_whole_lines(file)))


CALL = re.compile(r"\d+ +(\w+)\((.*)\) += (-?\d+)")
UNFINISHED = re.compile(r"(\d+) +(\w+\(.*) <unfinished \.\.\.>")
RESUMED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
DESCRIPTOR = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*|[^>]*)>")


def _whole_lines(lines: Iterator[str]) -> Iterator[str]:
    """Calls that were interrupted by another thread's are whole again, at the place where they returned."""
    begun: dict[str, str] = {}
    for line in lines:
        if unfinished := UNFINISHED.match(line):
            begun[unfinished[1]] = unfinished[2]
        elif resumed := RESUMED.match(line):
            yield f"{resumed[1]} {begun.pop(resumed[1])}{resumed[2]}"
        else:
            yield line


def _text(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal.replace("\\x", ""))


class _Reader:
    """Follows one process: which files are there, and where each descriptor stands."""

    def __init__(self, folder: Path) -> None:
        self._folder = f"{folder}/"
        self._there = {str(path) for path in folder.rglob("*")}
        self._places: dict[int, int] = {}
        self._ends: dict[str, int] = {str(path): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
        self._appends: set[int] = set()

    def events(self, lines: Iterator[str]) -> Iterator[Event]:
        for line in lines:
            call = CALL.match(line)
            if call is None or int(call[3]) < 0:
                continue  # a signal, an end, or a call that failed
            name, words, result = call[1], call[2], int(call[3])
            if name == "write" and words.startswith("1<"):
                yield from (Said(said) for said in _text(STRING.findall(words)[0]).decode().splitlines() if said)
            elif self._folder in self._paths(words):
                yield from self._event(name, words, result)

    def _paths(self, words: str) -> str:
        """Every path in the line, each with a slash behind it."""
        found = [*STRING.findall(words), *(path for _number, path in DESCRIPTOR.findall(words))]
        paths = [_text(one) if one.startswith("\\x") else b"" for one in found]
        return " ".join(path.decode(errors="replace") + "/" for path in paths if path.startswith(b"/"))

    def _event(self, name: str, words: str, result: int) -> Iterator[Event]:
        if name in UNREAD.split(",") or name in ("rmdir", "writev", "pwritev"):
            raise ValueError(f"expected calls of {NAMES}; found {name}({words[:200]}; teach tests/faults/power of it")
        if name in ("openat", "mkdir", "rename", "unlink"):
            yield from self._names(name, words, result)
            return
        found = DESCRIPTOR.match(words)
        assert found is not None, words[:200]
        number, path = int(found[1]), _text(found[2]).decode()
        if name in ("write", "pwrite64"):
            yield self._write(name, number, path, words)
        elif name == "lseek":
            self._places[number] = result
        elif name == "ftruncate":
            self._ends[path] = int(words.rsplit(", ", 1)[1])
            yield Cut(self._short(path), self._ends[path])
        elif name in ("fsync", "fdatasync"):
            yield Synced(self._short(path))

    def _names(self, name: str, words: str, result: int) -> Iterator[Event]:
        path, *more = [_text(one).decode() for one in STRING.findall(words)]
        if name == "openat":
            self._places[result] = 0
            self._appends.discard(result)
            if "O_APPEND" in words:
                self._appends.add(result)
            if "O_CREAT" in words and path not in self._there:
                self._there.add(path)
                self._ends[path] = 0
                yield Made(self._short(path), False)
            elif "O_TRUNC" in words:
                self._ends[path] = 0
                yield Cut(self._short(path), 0)
        elif name == "mkdir":
            self._there.add(path)
            yield Made(self._short(path), True)
        elif name == "rename":
            self._there.discard(path)
            self._there.add(more[0])
            self._ends[more[0]] = self._ends.pop(path, 0)
            yield Moved(self._short(path), self._short(more[0]))
        else:
            self._there.discard(path)
            yield Gone(self._short(path))

    def _write(self, name: str, number: int, path: str, words: str) -> Wrote:
        content = _text(STRING.findall(words)[0])
        if name == "pwrite64":
            place = int(words.rsplit(", ", 1)[1])
        else:
            place = self._ends.get(path, 0) if number in self._appends else self._places.get(number, 0)
            self._places[number] = place + len(content)
        self._ends[path] = max(self._ends.get(path, 0), place + len(content))
        return Wrote(self._short(path), place, content)

    def _short(self, path: str) -> str:
        """Relative to the folder; empty for the folder itself."""
        return path.removeprefix(self._folder.rstrip("/")).lstrip("/")
