"""Every door of the fuzzer, asked in each run of the tests: all that is kept, and some thousand variations of it."""

from __future__ import annotations

import logging
import random
import zlib
from collections.abc import Iterator

import pytest

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

TIMES = 300
"""Variations of each door; `python -m tests.fuzz all` asks a million."""
ODD = [
    b"\0",
    b"\xff\xfe",
    b"9" * 30,
    b"-1",
    b"nan",
    b"1e999",
    b"null",
    b"{",
    b"[" * 50,
    b"%00",
    b"../",
    b"\r\n",
    b"\xf0\x79",
    b"&a: *a",
]


def variations(known: list[bytes], times: int, seed: int) -> Iterator[bytes]:
    """Each of the known ones with some bytes changed, doubled, left out, or with something odd in it."""
    chance = random.Random(seed)
    for _ in range(times):
        content = bytearray(chance.choice(known))
        for _change in range(chance.randint(1, 6)):
            at = chance.randint(0, len(content))
            match chance.randint(0, 4):
                case 0:
                    content[at : at + 1] = bytes([chance.randint(0, 255)])
                case 1:
                    del content[at : at + chance.randint(1, 40)]
                case 2:
                    content[at:at] = chance.choice(ODD)
                case 3:
                    content[at:at] = content[at : at + chance.randint(1, 60)]
                case 4:
                    del content[at:]
        yield bytes(content)


@pytest.fixture(autouse=True)
def _in_silence() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow says so of a broken EXIF, and reads what it can
@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_is_understood_or_refused_in_words(name: str) -> None:
    door, _often = TARGETS[name]
    known = seeds(name)
    for content in [b"", *known, *variations(known, TIMES, seed=zlib.crc32(name.encode()))]:
        door(content)
