"""Builds tiny ONNX classifiers by hand, so that the real ONNX Runtime runs in every test."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from edge.model.contract import METADATA_KEY, XEDU_KEY, ModelCard, Preprocessing
from edge.model.labels import Label

COLOURS = (
    Label("beetle", "beetle", "甲虫", "Coleoptera", "order", "pest"),
    Label("bee", "bee", "蜜蜂", "Apis mellifera", "species", "beneficial"),
    Label("background", "background", "背景", role="background"),
)
"""The tiny network calls a red picture beetle, a blue one bee, any other background."""


def colour_model(
    path: Path,
    labels: tuple[Label, ...] = COLOURS,
    *,
    metadata: dict[str, str] | None = None,
    outputs: int = 3,
    batch: int | str = "N",
    self_test: tuple[float, ...] = (),
    familiar: float | None = None,
    strange_below: float = 0.0,
) -> Path:
    """Writes a network that averages the picture's channels and weighs red against blue.

    With `familiar` it has further outputs: those averages as embedding, and everything is so familiar.
    """
    weights = np.zeros((3, outputs), np.float32)
    weights[0, 0], weights[2, 0] = 6, -6  # red: beetle
    weights[0, 1 % outputs], weights[2, 1 % outputs] = -6, 6  # blue: bee
    nodes = [
        helper.make_node("GlobalAveragePool", ["input"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probs"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [batch, 3, 224, 224])],
        [helper.make_tensor_value_info("probs", TensorProto.FLOAT, [batch, outputs])],
        [numpy_helper.from_array(weights, "weights")],
    )
    if familiar is not None:
        nodes = [
            helper.make_node("ReduceMax", ["probs"], ["likeliest"], axes=[1], keepdims=0),
            helper.make_node("Clip", ["likeliest", "least", "most"], ["familiarity"]),
        ]
        graph.node.extend(nodes)
        graph.initializer.extend(numpy_helper.from_array(np.float32(familiar), name) for name in ("least", "most"))
        graph.output.append(helper.make_tensor_value_info("flat", TensorProto.FLOAT, [batch, 3]))
        graph.output.append(helper.make_tensor_value_info("familiarity", TensorProto.FLOAT, [batch]))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    card = ModelCard("colours-1", labels, Preprocessing(interpolation="area"), 0.5, strange_below, self_test=self_test)
    helper.set_model_props(model, {METADATA_KEY: card.to_json()} if metadata is None else metadata)
    onnx.save(model, str(path))
    return path


def mmedu_info(name: str = "MobileNet", classes: tuple[str, ...] = ("蚜虫", "蜜蜂", "背景")) -> dict[str, str]:
    """The only metadata that a model of MMEdu carries."""
    info = {"codebase": "MMCls", "modelname": name, "classes": list(classes)}
    return {XEDU_KEY: json.dumps(info, ensure_ascii=True)}
