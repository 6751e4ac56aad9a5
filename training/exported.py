"""Reads an exported model file back, so that a training can go on from a model of which nothing else is left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

from edge.model.contract import METADATA_KEY, ModelCard
from training.checkpoint import Checkpoint
from training.familiar_model import read_familiar
from training.language import _
from training.network import Network, fold_batch_norms

BACKBONE = "mobilenet_v2"
"""The others' convolutions do not follow each other in the order of their modules."""


def read_exported(path: Path) -> Checkpoint:
    """Weights, classes, temperature, limits and prototypes of a MobileNetV2 that `export` wrote; batch norms stay
    folded.

    Its embeddings and answers are the file's. Raises ValueError for another network, or one that was changed since
    (8 bits).
    """
    model = onnx.load(str(path))
    properties = {entry.key: entry.value for entry in model.metadata_props}
    card = ModelCard.from_json(properties.get(METADATA_KEY, ""))
    if "ensemble_of" in card.provenance:
        raise ValueError(_("it is made of several networks; go on from one of their trainings"))
    if not card.model_id.startswith(BACKBONE + "-"):
        raise ValueError(f"{card.model_id} is no {BACKBONE}")
    constants = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    inner = {node.output[0]: numpy_helper.to_array(node.attribute[0].t) for node in _nodes(model, "Constant")}
    divisions = [inner[node.input[1]] for node in _nodes(model, "Div") if node.input[1] in inner]
    convolutions = [(constants[node.input[1]], constants[node.input[2]]) for node in _nodes(model, "Conv")]
    if len(divisions) != 1:
        raise ValueError(f"{card.model_id} was changed after `export`")
    familiar = read_familiar(model, card)
    pads_like = "tensorflow" if _pads(_nodes(model, "Conv")[0]) == [0, 0, 1, 1] else "torchvision"
    return Checkpoint(
        backbone=BACKBONE,
        classes=tuple(label.key for label in card.labels),
        state=_state(convolutions, constants, len(card.labels)),
        size_px=card.preprocessing.size_px,
        resize=card.preprocessing.resize,
        temperature=float(divisions[0]),
        unknown_below=card.unknown_below,
        pads_like=pads_like,
        familiar=familiar.kept() if familiar else {},
        dataset=card.dataset,
        metrics=card.metrics,
        provenance=card.provenance | {"read_from": card.model_id},
    )


def _state(
    convolutions: list[tuple[NDArray[np.float32], NDArray[np.float32]]],
    constants: dict[str, NDArray[np.float32]],
    classes: int,
) -> dict[str, Tensor]:
    network = Network(BACKBONE, classes)
    fold_batch_norms(network)
    state = network.state_dict()
    weights = [key for key, value in state.items() if key.startswith("features.") and value.ndim == 4]
    if len(weights) != len(convolutions):
        raise ValueError(f"{len(convolutions)} convolutions instead of {len(weights)}")
    biases = [key for key in state if key.startswith("features.") and key.endswith(".bias")]
    for weight, bias, (matrix, vector) in zip(weights, biases, convolutions, strict=True):
        state[weight], state[bias] = torch.tensor(matrix), torch.tensor(vector)
    for name in ("head.weight", "head.bias", "scale", "shift"):
        value = constants.get(f"network.{name}")
        if value is None or value.shape != tuple(state[name].shape):
            raise ValueError(f"no {name} of {tuple(state[name].shape)}")
        state[name] = torch.tensor(value)
    return state


def _nodes(model: onnx.ModelProto, kind: str) -> list[onnx.NodeProto]:
    return [node for node in model.graph.node if node.op_type == kind]


def _pads(node: onnx.NodeProto) -> list[int]:
    return next((list(a.ints) for a in node.attribute if a.name == "pads"), [])
