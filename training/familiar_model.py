"""Puts prototypes into a model file, so that the device is told what is strange without knowing how."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import NodeProto, helper, numpy_helper

from edge.model.contract import METADATA_KEY, ModelCard, self_test_image
from training.errors import TrainingError
from training.familiar import STEEPNESS, Familiar
from training.language import _


def write_familiar(model: Path, familiar: Familiar, limit: float, rows: list[dict[str, Any]], out: Path) -> ModelCard:
    """Write `model` to `out` with answers as `Familiar.answers` gives them; `rows` go into its metrics.

    Raises TrainingError for a file that has prototypes already, or no metadata of ours.
    """
    loaded = onnx.load(str(model))
    properties = {entry.key: entry.value for entry in loaded.metadata_props}
    is_done = any(node.output[0] == "likeness" for node in loaded.graph.node)
    if METADATA_KEY not in properties or is_done:
        todo = _("export it again with `gardenwatch-train export`")
        found = _("{path}, which has them").format(path=model) if is_done else str(model)
        raise TrainingError(_("a model that `gardenwatch-train export` wrote, without prototypes"), found, todo)
    _mix(loaded.graph, familiar)
    card = ModelCard.from_json(properties[METADATA_KEY])
    with tempfile.TemporaryDirectory(dir=out.resolve().parent) as folder:
        part = Path(folder) / "model.onnx"
        onnx.save(loaded, str(part))
        session = onnxruntime.InferenceSession(str(part), providers=["CPUExecutionProvider"])
        x = card.preprocessing(self_test_image())[np.newaxis]
        probs = session.run(["probs"], {loaded.graph.input[0].name: x})[0][0]
        card = replace(
            card,
            model_id=f"{card.model_id}-p{len(familiar.prototypes)}",
            unknown_below=limit,
            self_test=tuple(round(float(p), 6) for p in probs),
            metrics=card.metrics | {"unknown": rows},
            provenance=card.provenance
            | {
                "prototypes": len(familiar.prototypes),
                "half_at": round(familiar.middle, 4),
                "sharpened": familiar.temperature,
            },
        )
        properties[METADATA_KEY] = card.to_json()
        helper.set_model_props(loaded, properties)
        onnx.checker.check_model(loaded)
        onnx.save(loaded, str(part))
        os.replace(part, out)
    return card


def _mix(graph: onnx.GraphProto, familiar: Familiar) -> None:
    """`probs` from the former `probs` and the embedding, as `Familiar.answers` computes them."""
    embedding = graph.output[1].name
    classes = graph.output[0].type.tensor_type.shape.dim[1].dim_value
    for node in graph.node:
        node.output[:] = ["sure" if name == "probs" else name for name in node.output]
        node.input[:] = ["sure" if name == "probs" else name for name in node.input]
    values = {
        "prototypes_T": np.ascontiguousarray(familiar.prototypes.T),
        "half_at": np.float32(familiar.middle),
        "steepness": np.float32(STEEPNESS),
        "sharper": np.float32(1 / familiar.temperature),
        "one": np.float32(1),
        "one_of_all": np.float32(1 / classes),
    }
    graph.initializer.extend(numpy_helper.from_array(np.asarray(v, np.float32), k) for k, v in values.items())
    steps: list[NodeProto] = [
        helper.make_node("LpNormalization", [embedding], ["unit"], axis=1, p=2),
        helper.make_node("MatMul", ["unit", "prototypes_T"], ["cosines"]),
        helper.make_node("ReduceMax", ["cosines"], ["likeness"], axes=[1], keepdims=1),
        helper.make_node("Sub", ["likeness", "half_at"], ["above"]),
        helper.make_node("Mul", ["above", "steepness"], ["steep"]),
        helper.make_node("Sigmoid", ["steep"], ["familiar"]),
        helper.make_node("Mul", ["sure", "familiar"], ["counted"]),
        helper.make_node("Sub", ["one", "familiar"], ["strange"]),
        helper.make_node("Mul", ["strange", "one_of_all"], ["any_class"]),
        helper.make_node("Add", ["counted", "any_class"], ["mixed"]),
        helper.make_node("Log", ["mixed"], ["logs"]),
        helper.make_node("Mul", ["logs", "sharper"], ["sharp_logs"]),
        helper.make_node("Softmax", ["sharp_logs"], ["probs"], axis=1),
    ]
    graph.node.extend(steps)
