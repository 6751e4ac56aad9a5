"""What a model file says of itself, read without running it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from edge.model import xedu
from edge.model.contract import METADATA_KEY, XEDU_KEY, ModelCard
from edge.model.errors import N_, ModelError

GRAPH, METADATA, KEY, VALUE = 7, 14, 1, 2
"""Numbers of the fields in onnx.proto: ModelProto.graph, .metadata_props, and the key and value of an entry."""
_VARINT, _EIGHT_BYTES, _MEASURED, _FOUR_BYTES = 0, 1, 2, 5
"""Wire types of protobuf (https://protobuf.dev/programming-guides/encoding/)."""


def read_card(path: Path) -> ModelCard:
    """Without ONNX Runtime, which would take 40 MB of memory. Raises ModelError as `Classifier.open` does."""
    size = size_of(path)
    try:
        return card_of(path, _metadata(memoryview(path.read_bytes())))
    except (ValueError, IndexError) as error:
        raise not_whole(path, size, str(error)) from error


def card_of(path: Path, metadata: Mapping[str, str]) -> ModelCard:
    """The card in that metadata. Raises ModelError where there is none, or it does not follow the contract."""
    if METADATA_KEY in metadata:
        card = ModelCard.from_json(metadata[METADATA_KEY])
    elif XEDU_KEY in metadata:
        card = xedu.card_of(path, metadata[XEDU_KEY])
    else:
        raise ModelError(
            N_("metadata `{ours}` or MMEdu's `{theirs}` in the model file"),
            "{keys}" if metadata else N_("no metadata"),
            N_("export with `gardenwatch-train export`, or convert with MMEdu: both write class names into the file"),
            keys=", ".join(metadata),
            ours=METADATA_KEY,
            theirs=XEDU_KEY,
        )
    keys = [label.key for label in card.labels]
    if not keys or len(set(keys)) != len(keys):
        found = "{keys}" if keys else N_("none")
        raise ModelError(N_("labels, each once"), found, N_("mend classes.txt and export again"), keys=", ".join(keys))
    return card


def size_of(path: Path) -> int:
    """In bytes. Raises ModelError where no file can be read there."""
    try:
        size = path.stat().st_size
        found = N_("a folder") if path.is_dir() else ""
    except OSError as error:
        size, found = 0, error.strerror or type(error).__name__
    if found:
        todo = N_("check the path, or leave it out for the bundled model")
        raise ModelError(N_("a model file at {path}"), found, todo, path=path)
    return size


def not_whole(path: Path, size: int, error: str) -> ModelError:
    """For a file that is cut off, or none of ONNX."""
    return ModelError(
        N_("a whole ONNX file"),
        N_("{name} with {size} bytes ({error})"),
        N_("copy the file again, or export it again with `gardenwatch-train export`"),
        name=path.name,
        size=size,
        error=error,
    )


def _metadata(model: memoryview) -> dict[str, str]:
    """Raises ValueError or IndexError for what is no model."""
    fields = list(_fields(model))
    if not any(number == GRAPH for number, _content in fields):
        raise ValueError("no graph")
    entries = [dict(_fields(content)) for number, content in fields if number == METADATA]
    return {bytes(entry.get(KEY, b"")).decode(): bytes(entry.get(VALUE, b"")).decode() for entry in entries}


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Number and content of each field that has a length; the others are passed over."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        wire, end = tag & 7, at
        if wire == _VARINT:
            _value, end = _varint(message, at)
        elif wire == _MEASURED:
            length, at = _varint(message, at)
            end = at + length
            yield tag >> 3, message[at:end]
        elif wire in (_EIGHT_BYTES, _FOUR_BYTES):
            end = at + (8 if wire == _EIGHT_BYTES else 4)
        else:
            raise ValueError(f"wire type {wire}")
        at = end
    if at > len(message):
        raise ValueError("cut off")


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number, and where the next thing begins."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise ValueError("no number")
