"""Puts prototypes into a model's graph, so that the device is told what is strange without knowing how."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from edge.model.classifier import FAMILIARITY
from edge.model.contract import METADATA_KEY, ModelCard
from training.errors import TrainingError
from training.familiar import POWER, SURE, Familiar
from training.language import _

PREFIX = "familiar/"
"""Of the names of all that is added, so that it can be told from the network."""


def write_familiar(model: Path, familiar: Familiar, rows: list[dict[str, Any]], out: Path) -> ModelCard:
    """Write `model` to `out` with the output `familiarity`; `rows` go into its metrics.

    Raises TrainingError for a file without metadata of ours.
    """
    loaded = onnx.load(str(model))
    properties = {entry.key: entry.value for entry in loaded.metadata_props}
    if METADATA_KEY not in properties:
        todo = _("export it again with `gardenwatch-train export`")
        raise TrainingError(_("a model that `gardenwatch-train export` wrote"), str(model), todo)
    add_familiarity(loaded, familiar)
    card = ModelCard.from_json(properties[METADATA_KEY])
    card = replace(
        card,
        model_id=f"{card.model_id}-p{len(familiar.prototypes)}",
        strange_below=familiar.strange_below,
        metrics=card.metrics | {"unknown": rows},
        provenance=card.provenance | {"prototypes": len(familiar.prototypes)},
    )
    helper.set_model_props(loaded, properties | {METADATA_KEY: card.to_json()})
    onnx.checker.check_model(loaded)
    with tempfile.TemporaryDirectory(dir=out.resolve().parent) as folder:
        part = Path(folder) / "model.onnx"
        onnx.save(loaded, str(part))
        os.replace(part, out)
    return card


def read_familiar(model: onnx.ModelProto, card: ModelCard) -> Familiar | None:
    """What `add_familiarity` put in; None where there is nothing."""
    constants = {one.name: one for one in model.graph.initializer}
    if PREFIX + "prototypes" not in constants:
        return None
    prototypes, animals = (numpy_helper.to_array(constants[PREFIX + name]) for name in ("prototypes", "animals"))
    grounds = tuple(place for place in range(len(card.labels)) if place not in animals)
    return Familiar(np.ascontiguousarray(prototypes.T, np.float32), grounds, card.strange_below)


def add_familiarity(model: onnx.ModelProto, familiar: Familiar) -> None:
    """A third output, computed from the others as `Familiar.familiarity` does; the others stay as they are."""
    graph = model.graph
    probabilities, embedding = graph.output[0].name, graph.output[1].name
    classes = graph.output[0].type.tensor_type.shape.dim[1].dim_value
    animals = [place for place in range(classes) if place not in familiar.grounds]
    values = {
        "prototypes": np.ascontiguousarray(familiar.prototypes.T),
        "power": np.float32(POWER),
        "sure": np.float32(SURE),
        "animals": np.array(animals, np.int64),
    }
    graph.initializer.extend(numpy_helper.from_array(np.asarray(v), PREFIX + key) for key, v in values.items())
    steps: tuple[tuple[str, list[str], str, dict[str, Any]], ...] = (
        ("Relu", [embedding], "above", {}),
        ("Pow", ["above", "power"], "weaker", {}),
        ("LpNormalization", ["weaker"], "unit", {"axis": 1, "p": 2}),
        ("MatMul", ["unit", "prototypes"], "cosines", {}),
        ("ReduceMax", ["cosines"], "likeness", {"axes": [1], "keepdims": 0}),
        ("Gather", [probabilities, "animals"], "of_animals", {"axis": 1}),
        ("ReduceMax", ["of_animals"], "likeliest", {"axes": [1], "keepdims": 0}),
        ("Pow", ["likeliest", "sure"], "sureness", {}),
        ("Mul", ["likeness", "sureness"], FAMILIARITY, {}),
    )
    given = {probabilities, embedding}
    for kind, inputs, output, attributes in steps:
        names = [name if name in given else PREFIX + name for name in inputs]
        made = output if output == FAMILIARITY else PREFIX + output
        graph.node.append(helper.make_node(kind, names, [made], PREFIX + output, **attributes))
    graph.output.append(helper.make_tensor_value_info(FAMILIARITY, TensorProto.FLOAT, ["N"]))
