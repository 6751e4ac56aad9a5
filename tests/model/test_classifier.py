"""What the model file must be, and what is said of one that is not."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

from edge.model.classifier import Classifier
from edge.model.contract import GREY, METADATA_KEY, XEDU_KEY, ModelCard, Preprocessing
from edge.model.errors import ModelError
from tests.model.tiny import COLOURS, colour_model, mmedu_info

RED = np.full((120, 200, 3), (0, 0, 255), np.uint8)
BLUE = np.full((300, 90, 3), (255, 0, 0), np.uint8)


def test_names_pictures_by_the_labels_of_the_file(tmp_path: Path) -> None:
    classifier = Classifier.open(colour_model(tmp_path / "m.onnx"))
    probabilities, embeddings, familiarity = classifier.classify([RED, BLUE])
    assert [COLOURS[row.argmax()].key for row in probabilities] == ["beetle", "bee"]
    assert probabilities.shape == (2, 3)
    assert embeddings is None
    assert familiarity.tolist() == [1, 1]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_no_pictures_give_no_answers(tmp_path: Path) -> None:
    probabilities, _embeddings, familiarity = Classifier.open(colour_model(tmp_path / "m.onnx")).classify([])
    assert (probabilities.shape, familiarity.shape) == ((0, 3), (0,))


def test_an_animal_like_none_that_was_learned_is_unknown_however_sure_its_name(tmp_path: Path) -> None:
    classifier = Classifier.open(colour_model(tmp_path / "m.onnx", familiar=0.4, strange_below=0.5))
    grey = np.full((9, 9, 3), (104, 116, 124), np.uint8)
    probabilities, embeddings, familiarity = classifier.classify([RED, BLUE, grey])
    assert embeddings is not None
    assert embeddings.shape == (3, 3)
    assert familiarity == pytest.approx([0.4] * 3)
    assert [classifier.card.answer(row, 0.4)[0] for row in probabilities] == ["unknown"] * 3
    assert [classifier.card.answer(row, 0.5)[0] for row in probabilities] == ["beetle", "bee", "unknown"]
    assert classifier.card.answer(probabilities[0], 0.4)[1] == classifier.card.unknown_below, "not 100 % unknown"
    assert classifier.card.answer(probabilities[0], 0.5)[1] > 0.9
    ground = np.array([0.1, 0.1, 0.8], np.float32)
    assert classifier.card.answer(ground, 0.0) == ("background", pytest.approx(0.8))


def test_runs_a_model_of_mmedu_that_takes_one_picture_a_run(tmp_path: Path) -> None:
    path = colour_model(tmp_path / "m.onnx", metadata=mmedu_info(), batch=1)
    classifier = Classifier.open(path, roles={"蚜虫": "pest"})
    probabilities = classifier.classify([BLUE, RED]).probabilities
    assert probabilities.argmax(axis=1).tolist() == [1, 0]
    assert [(label.key, label.role) for label in classifier.card.labels] == [
        ("蚜虫", "pest"),
        ("蜜蜂", "neutral"),
        ("背景", "neutral"),
    ]


@pytest.mark.parametrize(
    ("damage", "expected", "found"),
    [
        (lambda p: p.unlink(), "a model file", "No such file"),
        (lambda p: p.write_bytes(p.read_bytes()[:200]), "a whole ONNX file", "200 bytes"),
        (lambda p: p.write_bytes(b""), "a whole ONNX file", "0 bytes"),
        (lambda p: p.write_text("my holidays"), "a whole ONNX file", "11 bytes"),
        (lambda p: colour_model(p, metadata={}), "metadata", "no metadata"),
        (lambda p: colour_model(p, metadata={METADATA_KEY: "{"}), "JSON", "Expecting"),
        (lambda p: colour_model(p, outputs=5), "one output per label, 3", "[1, 5]"),
        (lambda p: colour_model(p, (COLOURS[0], COLOURS[0], COLOURS[1])), "each once", "beetle, beetle"),
        (
            lambda p: colour_model(p, metadata=mmedu_info("MobileNetV9")),
            "preprocessing is known",
            "MobileNetV9",
        ),
        (lambda p: colour_model(p, self_test=(0.1, 0.8, 0.1)), "self-test", "difference"),
        (
            lambda p: colour_model(
                p,
                metadata={
                    METADATA_KEY: ModelCard("x", COLOURS)
                    .to_json()
                    .replace('"contract_version": 1', '"contract_version": 9')
                },
            ),
            "contract version 1",
            "version 9",
        ),
    ],
)
def test_refuses_a_file_that_cannot_be_trusted(tmp_path: Path, damage, expected: str, found: str) -> None:
    path = colour_model(tmp_path / "m.onnx")
    damage(path)
    with pytest.raises(ModelError) as caught:
        Classifier.open(path)
    assert expected in caught.value.expected
    assert found in caught.value.found
    assert caught.value.todo


def card(**changes: object) -> dict[str, str]:
    data = json.loads(ModelCard("colours-1", COLOURS).to_json())
    for dotted, value in changes.items():
        place, *steps = dotted.split("__")
        target = data
        for step in steps:
            target, place = target[int(place) if isinstance(target, list) else place], step
        target[int(place) if isinstance(target, list) else place] = value
    return {METADATA_KEY: json.dumps(data)}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"unknown_below": "high"}, "unknown_below"),
        ({"unknown_below": 2}, "unknown_below"),
        ({"strange_below": -1}, "strange_below"),
        ({"labels": "abc"}, "labels"),
        ({"labels__0__role": "friend"}, "labels.0.role"),
        ({"labels__0__role": ["pest"]}, "labels.0.role"),
        ({"labels__0__key": 5}, "labels.0.key"),
        ({"labels__0__key": "unknown"}, "`unknown`"),
        ({"labels__0__chinese": None}, "labels.0.chinese"),
        ({"preprocessing__resize": "sqash"}, "preprocessing.resize"),
        ({"preprocessing__interpolation": "cubic"}, "preprocessing.interpolation"),
        ({"self_test": [0.5, 0.5]}, "a difference"),
        ({"self_test": [math.nan, 0.0, 0.0]}, "self_test.0"),
        ({"self_test": "abc"}, "self_test"),
    ],
)
def test_refuses_a_card_with_a_wrong_entry(tmp_path: Path, change: dict[str, object], found: str) -> None:
    with pytest.raises(ModelError) as caught:
        Classifier.open(colour_model(tmp_path / "m.onnx", metadata=card(**change)))
    assert found in caught.value.found


def test_refuses_a_model_of_mmedu_whose_classes_are_no_list(tmp_path: Path) -> None:
    info = {XEDU_KEY: '{"modelname": "MobileNet", "classes": "abc"}'}
    with pytest.raises(ModelError, match="classes: 'abc'"):
        Classifier.open(colour_model(tmp_path / "m.onnx", metadata=info))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs root to become another user")
def test_a_model_in_a_closed_folder_is_refused_with_the_reason(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    path = colour_model(closed / "m.onnx")
    closed.chmod(0)
    os.seteuid(65534)
    try:
        with pytest.raises(ModelError) as caught:
            Classifier.open(path)
    finally:
        os.seteuid(0)
    assert caught.value.found == "Permission denied"


def test_of_a_very_long_picture_only_the_middle_is_enlarged() -> None:
    picture = np.zeros((20_000, 2, 3), np.uint8)
    picture[9_990:10_010] = 200
    seen = Preprocessing().resized(picture)
    assert seen.shape == (224, 224, 3)
    assert seen.mean() > 100


def test_errors_can_be_shown_in_another_language(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        Classifier.open(tmp_path / "none.onnx")
    chinese = {"a model file at {path}": "{path} 处的模型文件"}
    assert caught.value.in_words(lambda text: chinese.get(text, text))[0] == f"{tmp_path}/none.onnx 处的模型文件"


def test_refuses_roles_for_labels_that_the_model_lacks(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="aphid"):
        Classifier.open(colour_model(tmp_path / "m.onnx"), roles={"aphid": "pest"})


def test_keeps_the_aspect_of_the_picture() -> None:
    """A circle in a 640x480 frame stays a circle (XEduHub makes it 80x107)."""
    picture = np.zeros((480, 640, 3), np.uint8)
    y, x = np.mgrid[0:480, 0:640]
    picture[(x - 320) ** 2 + (y - 240) ** 2 < 100**2] = 255
    seen = Preprocessing().resized(picture)[:, :, 0] > 127
    assert seen.shape == (224, 224)
    assert abs(int(seen.any(axis=0).sum()) - int(seen.any(axis=1).sum())) <= 1


def test_the_longer_side_cuts_nothing_off() -> None:
    """A bar from end to end of a long picture is seen from end to end, between grey that is nothing to the network."""
    picture = np.zeros((100, 300, 3), np.uint8)
    picture[40:60] = 255
    whole = Preprocessing(resize_px=224, resize="longer_side")
    seen = whole.resized(picture)
    assert seen.shape == (224, 224, 3)
    assert (seen[112] == 255).all()
    assert (seen[[0, 223]] == GREY).all()
    assert np.abs(whole(picture)[:, 0]).max() < 0.02
    assert (Preprocessing(resize_px=224, resize="longer_side").resized(picture.transpose(1, 0, 2))[:, 112] == 255).all()
    square = np.random.default_rng(0).integers(0, 256, (300, 300, 3), np.uint8)
    assert (Preprocessing(resize="longer_side").resized(square) == Preprocessing().resized(square)).all()
    assert whole.resized(np.zeros((20_000, 2, 3), np.uint8)).shape == (224, 224, 3)


def test_gives_the_network_rgb_with_imagenet_normalisation() -> None:
    tensor = Preprocessing()(RED)
    assert tensor.shape == (3, 224, 224)
    np.testing.assert_allclose(
        tensor[:, 100, 100], [(255 - 123.675) / 58.395, -116.28 / 57.12, -103.53 / 57.375], rtol=1e-5
    )


def test_the_card_survives_its_way_through_the_file() -> None:
    card = ModelCard("id-1", COLOURS, Preprocessing(interpolation="area"), 0.4, self_test=(0.5, 0.25, 0.25))
    text = card.to_json()
    assert text.isascii()
    assert ModelCard.from_json(text) == card


def test_metadata_is_json_without_not_a_number() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        ModelCard("colours-1", COLOURS, metrics={"called": math.nan}).to_json()


def test_figures_that_are_no_numbers_are_read_and_left_out_of_what_is_written() -> None:
    card = ModelCard.from_json(
        ModelCard("colours-1", COLOURS, metrics={"called": 0.5}).to_json().replace("0.5}", "NaN}")
    )
    assert json.loads(card.to_json())["metrics"] == {"called": None}
