"""What each door is known to let in: the fuzzer begins with these."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2

from edge.model.contract import ModelCard, Preprocessing
from edge.model.labels import Label
from edge.store.photo_record import PhotoRecord, to_exif
from edge.store.photos import jpeg
from tests.conftest import PROJECT
from tests.fuzz.targets import SIGHTING
from tests.model.tiny import colour_model
from tests.store.visits import moment, picture, run, sighting

CORPUS = Path(__file__).parent / "corpus"
"""Inputs that found something, or that reach code which the seeds don't; each in the folder of its door."""


def seeds(target: str) -> list[bytes]:
    """The made ones, then the kept ones."""
    kept = sorted((CORPUS / target).glob("*")) if (CORPUS / target).is_dir() else []
    return [*MADE[target](), *(file.read_bytes() for file in kept)]


def _configuration() -> list[bytes]:
    everything = (PROJECT / "deploy" / "gardenwatch.yaml").read_bytes()
    rule = b"rules:\n- name: birds\n  when: {labels: [bird], confidence: 0.8}\n  do: {pins: [{pin: D8, for_s: 2}]}\n"
    return [
        everything,
        rule,
        b"camera: {source: 'rtsp://a:b@c/d'}\n",
        b"led: {show: [pest, fault]}\nsite: {timezone: Asia}",
    ]


def _masks() -> list[bytes]:
    return [
        b"masks:\n- {name: path, kind: ignore, polygon: [[0, 0], [0.5, 0.1], [1, 1]]}\n- {kind: only, polygon: []}\n"
    ]


def _model_file() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        return [colour_model(Path(folder) / "colours.onnx").read_bytes()]


def _model_metadata() -> list[bytes]:
    labels = (Label("slug", "Slug", "蛞蝓", role="pest"), Label("background", "Background", "背景", role="background"))
    card = ModelCard("tiny-1", labels, Preprocessing(), self_test=(0.5, 0.5))
    mmedu = b'{"codebase": "MMCls", "modelname": "MobileNet", "classes": ["slug", "bee"]}'
    return [card.to_json().encode(), mmedu]


def _photo() -> bytes:
    slug = sighting(id=SIGHTING)
    return jpeg(picture(), 60, to_exif(PhotoRecord(run(), slug, 1, moment(10))))


def _picture() -> list[bytes]:
    encoded = [cv2.imencode(end, picture())[1].tobytes() for end in (".png", ".bmp", ".webp", ".tiff")]
    return [_photo(), *encoded]


def _journal() -> list[bytes]:
    line = '{"id": "1", "sighting_id": "%s", "label": "snail", "role": "pest", "judged_by": "Li", "judged_at": "%s"}\n'
    return [(line % (SIGHTING, moment(1).wall.isoformat())).encode() * 2]


def _firmata() -> list[bytes]:
    version = b"\xf0\x79\x02\x08\xf7"
    return [
        b"\x04" + version * 2,
        b"\x00" + version,
        b"\x0f\xf0\x6a\x7f\x00\xf7" + version,
        b"\x01\xf0\x79\x02\x05\xf7",
    ]


def _http() -> list[bytes]:
    paths = [
        "/",
        "/gallery?role=pest&since=2026-05-01&after=1777615210.0_1",
        f"/sighting/{SIGHTING}",
        "/charts",
        "/call",
    ]
    paths += ["/accuracy", "/rejected", "/masks", "/table.csv", f"/photo/{SIGHTING}.jpg", "/static/page.css", "/login"]
    asked = [f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: zh-CN\r\n\r\n".encode() for path in paths]
    body = b"id=" + SIGHTING.encode() + b"&label=snail&role=pest&csrf_token=x"
    head = (
        b"Host: localhost\r\nCookie: gardenwatch=x; language=en\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    )
    sent = [b"POST /%s HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n%s" % (path, head, len(body), body) for path in POSTS]
    return [*asked, *sent]


POSTS = (b"verdict", b"login", b"language", b"delete", b"masks", b"clock", b"collect")

_LIVE = (
    b'{"at": "2026-05-01T06:00:00+00:00", "size": [1280, 720], "regions": [[1, 2, 3, 4]], "camera": "open", '
    b'"scene": "seen", "lamp": true, "board": "ready", "store": "ok", "here_now": 1, "collecting_s": 0, "collected": 0}'
)

MADE = {
    "configuration": _configuration,
    "masks": _masks,
    "model_file": _model_file,
    "model_metadata": _model_metadata,
    "photo_record": lambda: [_photo()],
    "picture": _picture,
    "journal": _journal,
    "wish": lambda: [b'{"label": "bee", "minutes": 5}', _LIVE],
    "firmata": _firmata,
    "http": _http,
}
