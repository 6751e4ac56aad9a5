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
0.44. From 0.15 to 0.5 it makes no difference that matters; training/README.md has what is gained, and at what cost."""
LEAST_DEVIATION = 0.05
"""Less than half of what was measured of networks after a whole training (0.12 to 0.16), so that no say becomes
one-sided where few validation photos are all alike."""
SAY_PREFIX = PREFIX + "say/"
"""Of the names of all nodes: what begins like this is no part of the network, and `quantize` leaves it as it is."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """For each network the length D of its embedding, and mean and standard deviation of its likeness to its part of
    the prototypes, over all validation photos: those of grounds, too, and each whole and small."""

    widths: tuple[int, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]


def learn_weighing(familiar: Familiar, widths: Sequence[int], val: Looks) -> Weighing:
    """`val` and prototypes have the networks' embeddings side by side, each `widths` long."""
    ends = np.cumsum([0, *widths]).tolist()
    near = [_likeness(val.embeddings[:, a:b], familiar.prototypes[:, a:b]) for a, b in pairwise(ends)]
    deviations = [max(float(one.std()), LEAST_DEVIATION) for one in near]
    return Weighing(tuple(widths), tuple(float(one.mean()) for one in near), tuple(deviations))


def _likeness(embeddings: NDArray[np.float32], prototypes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N,) cosine with the nearest."""
    lengths = np.maximum(np.linalg.norm(prototypes, axis=1, keepdims=True), 1e-9)
    return np.asarray((unit(embeddings) @ (prototypes / lengths).T).max(axis=1), np.float32)


def weighed_mean(
    weighing: Weighing, embeddings: Sequence[str], probabilities: Sequence[str], output: str
) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """Nodes and constants that give `output`, the mean of each network's probabilities (N, K), weighed by what its
    embedding (N, D) is like.

    They take the prototypes that `add_familiarity` puts into the same graph.
    """
    values: dict[str, NDArray[np.generic]] = {
        "power": np.asarray(POWER, np.float32),
        "usual": np.asarray(weighing.means, np.float32),
        "slope": np.asarray([TILT / one for one in weighing.deviations], np.float32),
    }
    ends = np.cumsum([0, *weighing.widths], dtype=np.int64)
    values |= {f"end{place}": ends[place : place + 1] for place in range(len(ends))}
    values |= {f"place{place}": np.array([place], np.int64) for place in range(len(embeddings))}
    prototypes = PREFIX + "prototypes"
    nodes: list[onnx.NodeProto] = []
    for k, embedding in enumerate(embeddings):
        nodes += [
            helper.make_node("Slice", [prototypes, f"end{k}", f"end{k + 1}"], [f"{k}/part"]),
            helper.make_node("LpNormalization", [f"{k}/part"], [f"{k}/prototypes"], axis=0, p=2),
            helper.make_node("Relu", [embedding], [f"{k}/above"]),
            helper.make_node("Pow", [f"{k}/above", "power"], [f"{k}/weaker"]),
            helper.make_node("LpNormalization", [f"{k}/weaker"], [f"{k}/one_long"], axis=1, p=2),
            helper.make_node("MatMul", [f"{k}/one_long", f"{k}/prototypes"], [f"{k}/cosines"]),
            helper.make_node("ReduceMax", [f"{k}/cosines"], [f"{k}/likeness"], axes=[1], keepdims=1),
        ]
    nodes += [
        helper.make_node("Concat", [f"{k}/likeness" for k in range(len(embeddings))], ["near"], axis=1),
        helper.make_node("Sub", ["near", "usual"], ["above"]),
        helper.make_node("Mul", ["above", "slope"], ["scaled"]),
        helper.make_node("Softmax", ["scaled"], ["say"], axis=1),
    ]
    for k, probs in enumerate(probabilities):
        nodes.append(helper.make_node("Gather", ["say", f"place{k}"], [f"{k}/say"], axis=1))
        nodes.append(helper.make_node("Mul", [probs, f"{k}/say"], [f"{k}/weighed"]))
    nodes.append(helper.make_node("Sum", [f"{k}/weighed" for k in range(len(probabilities))], [output]))
    given = {prototypes, output, *embeddings, *probabilities}
    for node in nodes:
        node.name = SAY_PREFIX + node.output[0]
        for names in (node.input, node.output):
            names[:] = [name if name in given else SAY_PREFIX + name for name in names]
    return nodes, [numpy_helper.from_array(value, SAY_PREFIX + name) for name, value in values.items()]
