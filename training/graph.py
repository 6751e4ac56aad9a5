"""Tidies the graph that torch's exporter writes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
import onnx
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

WORTH_HALVING = 1000
"""Numbers in a constant."""
LARGEST_BYTE = 127
WIDENED = "/widened"


def fold_padding(model: onnx.ModelProto) -> None:
    """Give each convolution after TensorFlow's padding that padding as its own attribute.

    torch can pad a convolution only symmetrically, so that the network pads before it, and the exporter writes a
    dozen nodes for each such place. ONNX's convolution can be padded at the right and bottom alone.
    """
    made_by = {output: node for node in model.graph.node for output in node.output}
    for node in model.graph.node:
        before = made_by.get(node.input[0]) if node.op_type == "Conv" else None
        if before is not None and before.op_type == "Pad":
            node.input[0] = before.input[0]
            for attribute in node.attribute:
                if attribute.name == "pads":
                    top, left, bottom, right = attribute.ints
                    attribute.ints[:] = [top, left, bottom + 1, right + 1]
    _drop_unused(model)


def store_in_half(model: onnx.ModelProto) -> None:
    """Keep large constants in 16 bits, half the file; whoever loads it turns them into float32 once, and computes so.

    Probabilities change by some thousandths.
    """
    casts = []
    for one in model.graph.initializer:
        if one.data_type == TensorProto.FLOAT and math.prod(one.dims) >= WORTH_HALVING:
            one.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(one).astype(np.float16), one.name))
            casts.append(helper.make_node("Cast", [one.name], [one.name + WIDENED], to=TensorProto.FLOAT))
    rest = list(model.graph.node)
    rename_inputs(rest, {cast.input[0]: cast.output[0] for cast in casts})
    del model.graph.node[:]
    model.graph.node.extend([*casts, *rest])


def store_in_bytes(model: onnx.ModelProto) -> None:
    """Keep what convolutions of one pixel multiply with in 8 bits, a scale per output channel; computed in float32.

    Those are nearly all numbers of a MobileNet: a quarter of the file remains, and not a sum in 8 bits, which some
    processors let overflow. The other constants are for `store_in_half`.
    """
    multiplied = {node.input[1] for node in model.graph.node if node.op_type == "Conv"}
    steps, scales = [], []
    for one in model.graph.initializer:
        if one.name in multiplied and list(one.dims[2:]) == [1, 1] and math.prod(one.dims) >= WORTH_HALVING:
            weights = numpy_helper.to_array(one)
            largest = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
            scale = np.where(largest > 0, largest / LARGEST_BYTE, 1).astype(np.float32)
            one.CopyFrom(numpy_helper.from_array(np.rint(weights / scale).astype(np.int8), one.name))
            scales.append(numpy_helper.from_array(scale, f"{one.name}/scale"))
            steps.append(helper.make_node("Cast", [one.name], [f"{one.name}/float"], to=TensorProto.FLOAT))
            steps.append(helper.make_node("Mul", [f"{one.name}/float", scales[-1].name], [one.name + WIDENED]))
    rest = list(model.graph.node)
    rename_inputs(rest, {step.input[0]: step.input[0] + WIDENED for step in steps if step.op_type == "Cast"})
    model.graph.initializer.extend(scales)
    del model.graph.node[:]
    model.graph.node.extend([*steps, *rest])


def rename_inputs(nodes: Iterable[NodeProto], names: Mapping[str, str]) -> None:
    """Let nodes take what is called otherwise now; there are no branches."""
    for node in nodes:
        node.input[:] = [names.get(name, name) for name in node.input]


def accept_grey(model: onnx.ModelProto) -> None:
    """Let a LeNet also take (N, 1, 32, 32), which XEduHub gives to a network of that name: it skips the first steps.

    The steps that make a grey picture end with the first average pooling; they move into a branch that is taken for
    three channels.
    """
    graph = model.graph
    given = graph.input[0]
    last = next(node for node in graph.node if node.op_type == "AveragePool")
    needed = set(last.output)
    steps: list[NodeProto] = []
    rest: list[NodeProto] = []
    for node in reversed(graph.node):
        is_step = bool(needed & set(node.output))
        (steps if is_step else rest).insert(0, node)
        needed |= set(node.input) if is_step else set()
    grey = last.output[0]
    last.output[0] = "grey_of_colour"
    as_it_is = helper.make_node("Identity", [given.name], ["grey_as_it_is"])
    choice = [
        helper.make_node("Shape", [given.name], ["channels"], start=1, end=2),
        helper.make_node("Constant", [], ["three"], value=helper.make_tensor("three", TensorProto.INT64, [1], [3])),
        helper.make_node("Equal", ["channels", "three"], ["is_colour"]),
        helper.make_node("If", ["is_colour"], [grey], then_branch=_branch(steps), else_branch=_branch([as_it_is])),
    ]
    del graph.node[:]
    graph.node.extend([*choice, *rest])
    for place, name in ((1, "channels"), (2, "height"), (3, "width")):
        given.type.tensor_type.shape.dim[place].dim_param = name


def _branch(nodes: list[NodeProto]) -> GraphProto:
    """What gives a (N, 1, 32, 32) picture as the output of its last node."""
    name = nodes[-1].output[0]
    picture = helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 1, 32, 32])
    return helper.make_graph(list(nodes), name, [], [picture])


def _drop_unused(model: onnx.ModelProto) -> None:
    """Take out nodes and constants that no output depends on."""
    needed = {output.name for output in model.graph.output}
    kept = []
    for node in reversed(model.graph.node):  # ONNX keeps nodes in the order in which they can be computed
        if needed & set(node.output):
            kept.append(node)
            needed |= set(node.input)
    constants = [constant for constant in model.graph.initializer if constant.name in needed]
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(reversed(kept))
    model.graph.initializer.extend(constants)
