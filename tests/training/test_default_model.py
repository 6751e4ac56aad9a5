"""The bundled model keeps what its card says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from edge.model.classifier import Classifier
from tests.conftest import PROJECT
from training.evaluate import evaluate
from training.labels import labels_for
from training.layout import Photo
from training.pictures import read_picture

MODEL = PROJECT / "edge" / "assets" / "default.onnx"
CARD = (PROJECT / "edge" / "assets" / "MODEL_CARD.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def photos(shared: Path) -> tuple[Photo, ...]:
    """The frozen test split."""
    lines = (PROJECT / "training" / "recipes" / "default_test_files.txt").read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if not line.startswith("#")]
    return tuple(Photo(shared / "data" / "photos" / name, name.split("/")[1]) for name in names)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.open(MODEL)


def test_it_reaches_the_figure_on_its_card(photos: tuple[Photo, ...]) -> None:
    top1 = evaluate(MODEL, photos).figures.top1
    stated = re.search(r"\*\*Top-1 ([\d.]+)\*\*", CARD)
    assert stated is not None
    assert top1 == pytest.approx(float(stated[1]), abs=0.0051)  # two photos: processors differ in the last digits


def test_the_test_split_is_blocks_of_neighbouring_files(photos: tuple[Photo, ...], shared: Path) -> None:
    """Twenty or more files in a row, of every class and source that has at least 60."""
    listed = {photo.path.name for photo in photos}
    for folder in sorted((shared / "data" / "photos" / "images").iterdir()):
        for source in {path.name.split("__")[0] for path in folder.iterdir()}:
            names = [path.name for path in folder.iterdir() if path.name.startswith(source)]
            if len(names) < 60 or folder.name == "butterfly":
                continue
            row = longest = 0
            for name in sorted(names, key=_file_number):
                row = row + 1 if name in listed else 0
                longest = max(longest, row)
            assert longest >= 20, (folder.name, source)


def test_of_butterflies_the_block_is_one_range_of_numbers(photos: tuple[Photo, ...], shared: Path) -> None:
    """Their files are numbered anew for each species."""

    def number(path: Path) -> int:
        return int(path.stem.rsplit("_", 1)[1])

    listed = {photo.path for photo in photos if photo.label == "butterfly"}
    low, high = min(map(number, listed)), max(map(number, listed))
    files = (shared / "data" / "photos" / "images" / "butterfly").iterdir()
    assert high - low >= 20
    assert listed == {path for path in files if low <= number(path) <= high}
    assert len(listed) >= 20


def _file_number(name: str) -> list[tuple[int, int, str]]:
    stem = name.split("__")[1].rsplit(".", 1)[0].lower()
    if re.match(r"n?p\d", stem):  # hive bees: P and NP (pollen or not) are one series
        return [(0, int(re.findall(r"\d+", stem)[0]), "")]
    parts = re.split(r"(\d+)", stem)
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts]


def test_it_fits_the_bundle_and_names_its_classes_in_both_languages(classifier: Classifier) -> None:
    assert MODEL.stat().st_size <= 10_000_000
    labels = classifier.card.labels
    assert labels == labels_for(tuple(label.key for label in labels))
    assert len(labels) == 15
    assert classifier.card.model_id in CARD
    assert str(classifier.card.dataset["digest"]) in CARD
    assert sum(classifier.card.dataset["counts"]["train"].values()) == 1936


def test_its_probabilities_depend_on_the_picture_alone(classifier: Classifier, photos: tuple[Photo, ...]) -> None:
    pictures = [read_picture(photo.path) for photo in photos[::100]]
    together = classifier.classify(pictures)[0]
    alone = np.concatenate([classifier.classify([picture])[0] for picture in pictures])
    assert np.abs(together - alone).max() < 1e-5
