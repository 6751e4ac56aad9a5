"""Gives that network of several more say to which a picture is more familiar.

Where two networks are sure of different names, their mean goes by chance. Which of them knows the picture is told by
how near it lies, as each network sees it, to the nearest prototype (`training.familiar`), beside how near the
validation photos lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from training.familiar import POWER, Familiar, Looks, unit
from training.familiar_model import PREFIX

TILT = 0.25
"""How much of a network's say depends on familiarity: that of two between which lies one standard deviation is 0.56 and
0.44. Known photos fare the same with 0.15 to 0.5, those of another origin hardly better with more."""
OWN = PREFIX + "say/"
LEAST_DEVIATION = 1e-3
"""Of photos that are all alike."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """For each network the length D of its embedding, and mean and standard deviation of its likeness to its part of
    the prototypes, over validation photos."""

    widths: tuple[int, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]


def learn_weighing(familiar: Familiar, widths: Sequence[int], val: Looks) -> Weighing:
    """By validation photos, as a plain mean of the networks sees them: embeddings and prototypes side by side, each
    `widths` long.
    """
    ends = np.cumsum([0, *widths]).tolist()
    near = [_likeness(val.embeddings[:, a:b], familiar.prototypes[:, a:b]) for a, b in pairwise(ends)]
    deviations = [max(float(one.std()), LEAST_DEVIATION) for one in near]
    return Weighing(tuple(widths), tuple(float(one.mean()) for one in near), tuple(deviations))


def _likeness(embeddings: NDArray[np.float32], prototypes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N,) cosine with the nearest."""
    lengths = np.maximum(np.linalg.norm(prototypes, axis=1, keepdims=True), 1e-9)
    return np.asarray((unit(embeddings) @ (prototypes / lengths).T).max(axis=1), np.float32)


def weighing_nodes(
    weighing: Weighing, embeddings: Sequence[str], output: str
) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """Nodes and constants that give `output` (N, networks), each row with a sum of 1, from each network's embedding.

    They take the prototypes that `add_familiarity` puts into the same graph.
    """
    values: dict[str, NDArray[np.generic]] = {
        "power": np.asarray(POWER, np.float32),
        "mean": np.asarray(weighing.means, np.float32),
        "slope": np.asarray([TILT / one for one in weighing.deviations], np.float32),
    }
    ends = np.cumsum([0, *weighing.widths], dtype=np.int64)
    values |= {f"end{place}": ends[place : place + 1] for place in range(len(ends))}
    nodes: list[onnx.NodeProto] = []
    for place, embedding in enumerate(embeddings):
        steps = (
            helper.make_node("Slice", [PREFIX + "prototypes", f"{OWN}end{place}", f"{OWN}end{place + 1}"], ["part"]),
            helper.make_node("LpNormalization", ["part"], ["prototypes"], axis=0, p=2),
            helper.make_node("Relu", [embedding], ["above"]),
            helper.make_node("Pow", ["above", OWN + "power"], ["weaker"]),
            helper.make_node("LpNormalization", ["weaker"], ["unit"], axis=1, p=2),
            helper.make_node("MatMul", ["unit", "prototypes"], ["cosines"]),
            helper.make_node("ReduceMax", ["cosines"], ["likeness"], axes=[1], keepdims=1),
        )
        own = {output: f"{OWN}{place}/{output}" for step in steps for output in step.output}
        for step in steps:
            step.input[:] = [own.get(name, name) for name in step.input]
            step.output[:] = [own[name] for name in step.output]
        nodes += steps
    nodes += [
        helper.make_node("Concat", [f"{OWN}{k}/likeness" for k in range(len(embeddings))], [OWN + "near"], axis=1),
        helper.make_node("Sub", [OWN + "near", OWN + "mean"], [OWN + "above"]),
        helper.make_node("Mul", [OWN + "above", OWN + "slope"], [OWN + "scaled"]),
        helper.make_node("Softmax", [OWN + "scaled"], [output], axis=1),
    ]
    for node in nodes:  # by its name it is told from the network, and not quantized
        node.name = OWN + node.output[0].removeprefix(OWN)
    return nodes, [numpy_helper.from_array(value, f"{OWN}{name}") for name, value in values.items()]
