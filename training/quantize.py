"""Makes a model of 8-bit numbers out of one of 32-bit numbers: a quarter of the size, and faster.

Static, with a scale per channel for the weights and one per layer for what flows between them (Jacob et al. 2018,
"Quantization and training of neural networks for efficient integer-arithmetic-only inference").
"""

from __future__ import annotations

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from edge.model.contract import METADATA_KEY, XEDU_KEY, ModelCard, Preprocessing, self_test_image
from training.errors import TrainingError
from training.familiar_model import PREFIX
from training.language import _
from training.layout import Photo
from training.pictures import UnreadablePicture, read_picture

CALIBRATED = 150
"""Training photos that show how large the numbers between the layers get; 15 of each of ten classes."""


class Photos(CalibrationDataReader):  # type: ignore[misc]
    """Preprocessed photos one by one, in a seeded order."""

    def __init__(self, photos: Sequence[Photo], preprocessing: Preprocessing, name: str) -> None:
        order = np.random.default_rng(0).permutation(len(photos))[:CALIBRATED]
        self.left = iter([photos[i] for i in order])
        self.preprocessing, self.name = preprocessing, name

    def get_next(self) -> dict[str, np.ndarray] | None:
        """None at the end; photos that cannot be read are passed over."""
        for photo in self.left:
            try:
                return {self.name: self.preprocessing(read_picture(photo.path))[np.newaxis]}
            except UnreadablePicture:
                continue
        return None


def quantize(model: Path, photos: Sequence[Photo], out: Path) -> ModelCard:
    """Write the 8-bit model to `out`, with the metadata of `model`, and return its card.

    Least and largest values over the calibration photos set the scales: percentiles cost three points on our photos.
    Raises TrainingError for a model without our metadata or without float weights.
    """
    properties = {entry.key: entry.value for entry in onnx.load(str(model), load_external_data=False).metadata_props}
    if METADATA_KEY not in properties:
        todo = _("export it again with `gardenwatch-train export`")
        raise TrainingError(_("a model that `gardenwatch-train export` wrote"), str(model), todo)
    card = ModelCard.from_json(properties[METADATA_KEY])
    with tempfile.TemporaryDirectory(dir=out.resolve().parent) as folder, _quiet():
        tidy, part = Path(folder) / "tidy.onnx", Path(folder) / "int8.onnx"
        quant_pre_process(str(model), str(tidy), skip_symbolic_shape=True)
        graph = onnx.load(str(tidy)).graph
        name = graph.input[0].name
        quantize_static(
            str(tidy),
            str(part),
            Photos(photos, card.preprocessing, name),
            nodes_to_exclude=[node.name for node in graph.node if node.name.startswith(PREFIX)],
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        card = replace(
            card,
            model_id=f"{card.model_id}-int8",
            metrics={},
            self_test=_self_test(part, card.preprocessing),
            provenance=card.provenance | {"quantized": f"int8, static, {min(CALIBRATED, len(photos))} photos"},
        )
        _finish(part, card, properties.get(XEDU_KEY))
        os.replace(part, out)
    return card


def _self_test(path: Path, preprocessing: Preprocessing) -> tuple[float, ...]:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    probs = session.run(None, {session.get_inputs()[0].name: preprocessing(self_test_image())[np.newaxis]})[0]
    return tuple(round(float(p), 6) for p in probs[0])


def _finish(path: Path, card: ModelCard, xedu: str | None) -> None:
    """Metadata as before, and no mention of operator sets that the graph does not use: older runtimes refuse them."""
    model = onnx.load(str(path))
    used = {node.domain for node in model.graph.node}
    kept = [entry for entry in model.opset_import if entry.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    properties = {METADATA_KEY: card.to_json()} | ({XEDU_KEY: xedu} if xedu else {})
    onnx.helper.set_model_props(model, properties)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


@contextmanager
def _quiet() -> Iterator[None]:
    """ONNX Runtime's advice about preprocessing, which is done, would only puzzle."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
