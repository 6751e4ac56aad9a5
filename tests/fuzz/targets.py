"""The doors through which foreign bytes come in."""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from edge import config
from edge.board.link import Link
from edge.board.unusable import Unusable
from edge.camera.replay import _picture
from edge.collect.wishes import Wishes
from edge.errors import ConfigError
from edge.masks import Masks
from edge.model import xedu
from edge.model.card import read_card
from edge.model.contract import ModelCard
from edge.model.errors import ModelError
from edge.review.web import live
from edge.review.web.app import create_app
from edge.review.web.garden import Garden
from edge.store.adopt import adopt
from edge.store.faults import is_of_the_disk
from edge.store.photos import path_of
from edge.store.schema import connect, migrate
from edge.store.store import Store
from edge.store.verdicts import JOURNAL, Verdict, read_journal
from edge.typed_yaml import read_typed
from tests.store.visits import SETTINGS, run, sighting, visit

SIGHTING = "ab" * 16


@cache
def folder() -> Path:
    """Of this process, in memory where there is such a place; goes with it, or with whoever named it."""
    if named := os.environ.get("GARDENWATCH_FUZZ_FOLDER"):
        return Path(named)
    memory = Path("/dev/shm")
    made = Path(tempfile.mkdtemp(prefix="gardenwatch-fuzz-", dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def _file(name: str, content: bytes) -> Path:
    path = folder() / name
    path.write_bytes(content)
    return path


def in_words(error: Exception) -> None:
    """A refusal says what is wrong."""
    assert str(error)


def configuration(content: bytes) -> None:
    path = _file("gardenwatch.yaml", content)
    try:
        settings = config.read(path)
    except ConfigError as error:
        in_words(error)
        return
    config.show(settings)
    config.digest(settings)


def masks(content: bytes) -> None:
    try:
        read_typed(_file("masks.yaml", content), Masks)
    except ConfigError as error:
        in_words(error)


def model_file(content: bytes) -> None:
    try:
        read_card(_file("model.onnx", content))
    except ModelError as error:
        in_words(error)


def model_metadata(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    for read in (ModelCard.from_json, lambda text: xedu.card_of(Path(__file__), text)):
        try:
            read(text)
        except ModelError as error:
            in_words(error)


@cache
def _database() -> Any:
    path = folder() / "adopted.db"
    db = connect(path)
    db.execute("PRAGMA synchronous = OFF")
    migrate(db, path)
    return db


def photo_record(content: bytes) -> None:
    """A photo whose row is lost."""
    db, photo = _database(), folder() / path_of(SIGHTING, 1)
    photo.parent.mkdir(parents=True, exist_ok=True)
    photo.write_bytes(content)
    try:
        adopt(db, photo)
    except (OSError, ValueError, sqlite3.Error) as error:
        if isinstance(error, sqlite3.Error) and is_of_the_disk(error):
            raise  # the store would take the disk for ill, and try for ever
    else:
        for table in ("photos", "sightings", "runs"):
            db.execute(f"DELETE FROM {table}")


def picture(content: bytes) -> None:
    """A file in a folder of pictures."""
    image = _picture(_file("picture.jpg", content))
    assert image is None or (image.dtype == np.uint8 and image.ndim == 3)


def journal(content: bytes) -> None:
    """Verdicts beside a lost database."""
    _file(JOURNAL, content)
    assert all(line is None or isinstance(line, Verdict) for line in read_journal(folder()))


def wish(content: bytes) -> None:
    """What the page leaves for the watcher, and the watcher for the page."""
    wishes = Wishes.__new__(Wishes)
    wishes._file = _file("wish.json", content)
    wishes._read()
    (folder() / live.FOLDER).mkdir(exist_ok=True)
    _file(f"{live.FOLDER}/{live.STATE}", content)
    live.read(folder())


class Line:
    """A serial line on which these bytes come, in portions as the first byte says; then it is cut."""

    def __init__(self, content: bytes) -> None:
        self._portion, self._left = content[0] % 16 + 1 if content else 1, content[1:]

    in_waiting = 0

    def reset_input_buffer(self) -> None: ...

    def write(self, data: bytes) -> None: ...

    def read(self, size: int) -> bytes:
        if not self._left:
            raise OSError("the cable was pulled")
        data, self._left = self._left[: self._portion], self._left[self._portion :]
        return data


class Board:
    """What `Link` needs of pinpong."""

    def __init__(self, line: Line) -> None:
        self.board, self.serial, self.boardname = self, line, "UNO"
        self.serial_port = line
        self.res = {"open_serial": lambda board: None}


def firmata(content: bytes) -> None:
    """What a board says, first when it is met, then when it is asked."""
    link = Link.__new__(Link)
    link.port, link._expected, link._board = "/dev/ttyACM0", (2, 8), Board(Line(content))
    try:
        assert link._meet() == (2, 8)
        link.ask()
    except (Unusable, OSError):
        return


@cache
def _page() -> Any:
    data = folder() / "data"
    with Store.open(data, SETTINGS, run()) as store:
        store.record(visit(sighting(10, "slug", "pest", 0.95, id=SIGHTING)))
    app = create_app(Garden(data, {}, folder() / "page-masks.yaml", 0.35))
    app.testing = False
    return app


class Channel:
    """What waitress' task needs of a connection."""

    adj = Adjustments(max_request_body_size=256 * 1024)
    server_name, effective_port, addr = "localhost", 8000, ("127.0.0.1", 40000)

    def __init__(self) -> None:
        self.server = self

    def check_client_disconnected(self) -> bool:
        return False


def http(content: bytes) -> None:
    """A request as it comes from the network, through the server's parser to the page."""
    request = HTTPRequestParser(Channel.adj)
    request.received(content)
    if not request.completed or request.error is not None or request.empty:
        return
    answered: list[tuple[str, list[tuple[str, str]]]] = []
    environ = WSGITask(Channel(), request).get_environment()
    answer = _page()(environ, lambda status, headers, *_: answered.append((status, headers)))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    status, headers = answered[0]
    assert int(status.split()[0]) < 500, (status, body[:2000])
    assert any("default-src 'none'" in value for _name, value in headers)


TARGETS: dict[str, tuple[Callable[[bytes], None], int]] = {
    "firmata": (firmata, 500_000),
    "model_metadata": (model_metadata, 250_000),
    "wish": (wish, 100_000),
    "journal": (journal, 100_000),
    "model_file": (model_file, 100_000),
    "picture": (picture, 50_000),
    "photo_record": (photo_record, 50_000),
    "masks": (masks, 20_000),
    "configuration": (configuration, 20_000),
    "http": (http, 20_000),
}
"""Name → what takes the bytes, and how often it is asked in the long run: together more than a million times."""
