"""Tidies the graph that torch's exporter writes."""

from __future__ import annotations

import onnx


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
                    attribute.ints[:] = [0, 0, 1, 1]  # top, left, bottom, right
    _drop_unused(model)


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
