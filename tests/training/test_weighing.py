"""That network of several has more say to which a picture is more familiar."""

from __future__ import annotations

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
import onnxruntime  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from training.familiar import Familiar, Looks  # noqa: E402
from training.familiar_model import PREFIX  # noqa: E402
from training.weighing import TILT, Weighing, learn_weighing, weighed_mean  # noqa: E402

WIDTHS = (3, 4)
PROTOTYPES = np.array([[1, 0, 0, 0, 2, 0, 0], [0, 1, 0, 0, 0, 0, 2]], np.float32) / np.sqrt(5, dtype=np.float32)


def says(weighing: Weighing, *embeddings: np.ndarray) -> np.ndarray:
    """(N, networks) how much each counts: of as many classes, each network is sure of its own."""
    nodes, constants = weighed_mean(weighing, ["0/unit", "1/unit"], ["0/probs", "1/probs"], "mean")
    constants.append(numpy_helper.from_array(np.ascontiguousarray(PROTOTYPES.T), PREFIX + "prototypes"))
    given = {f"{k}/unit": seen for k, seen in enumerate(embeddings)}
    given |= {f"{k}/probs": np.tile(np.eye(2, dtype=np.float32)[k], (len(embeddings[0]), 1)) for k in range(2)}
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", value.shape[1]]) for name, value in given.items()
    ]
    mean = helper.make_tensor_value_info("mean", TensorProto.FLOAT, ["N", 2])
    graph = helper.make_graph(nodes, "weighing", inputs, [mean], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    assert all(node.name.startswith(PREFIX) for node in nodes), "quantize leaves them as they are"
    return np.asarray(onnxruntime.InferenceSession(model.SerializeToString()).run(None, given)[0])


def test_a_network_that_finds_the_picture_unlike_what_it_learned_has_less_say() -> None:
    known, unlike = np.array([[0, 1, 0]], np.float32), np.array([[0, 0, 1]], np.float32)
    other = np.array([[0, 1, 0, 0]], np.float32)
    weighing = Weighing(WIDTHS, (0.9, 0.9), (0.1, 0.1))
    assert says(weighing, known, other)[0] == pytest.approx([0.5, 0.5])
    assert says(weighing, unlike, other)[0, 0] < 0.1


def test_one_standard_deviation_between_two_is_worth_what_is_documented() -> None:
    alike = [np.array([[1, 0, 0]], np.float32), np.array([[0, 1, 0, 0]], np.float32)]
    say = says(Weighing(WIDTHS, (0.8, 0.9), (0.1, 0.1)), *alike)
    assert say[0] == pytest.approx([0.562, 0.438], abs=0.001)


def test_likeness_is_measured_by_each_networks_own_validation_photos() -> None:
    rng = np.random.default_rng(0)
    seen = [rng.uniform(0, 1, (50, width)).astype(np.float32) for width in WIDTHS]
    val = Looks(np.full((50, 2), 0.5, np.float32), np.concatenate(seen, axis=1), np.zeros(50, np.int64))
    weighing = learn_weighing(Familiar(PROTOTYPES, ()), WIDTHS, val)
    say = says(weighing, *seen)
    scores = np.log(say[:, 0] / say[:, 1]) / TILT
    near = [(part**0.75 / np.linalg.norm(part**0.75, axis=1, keepdims=True)) for part in seen]
    first, second = near[0][:, :2].max(1), near[1][:, [1, 3]].max(1)
    expected = (first - first.mean()) / first.std() - (second - second.mean()) / second.std()
    assert scores == pytest.approx(expected, abs=1e-3)
    assert say.sum(1) == pytest.approx(np.ones(50))


def test_photos_that_are_all_alike_let_no_network_decide_alone() -> None:
    same = np.tile(np.array([1, 0, 0, 0, 1, 0, 0], np.float32), (5, 1))
    val = Looks(np.full((5, 2), 0.5, np.float32), same, np.zeros(5, np.int64))
    weighing = learn_weighing(Familiar(PROTOTYPES, ()), WIDTHS, val)
    near = np.array([[1, 0.2, 0]], np.float32)
    assert 0.4 < says(weighing, near, np.array([[0, 1, 0, 0]], np.float32))[0, 0] < 0.5
