"""The exported graph computes the same as torch, TensorFlow's padding included."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
onnx = pytest.importorskip("onnx")

from training.checkpoint import Checkpoint  # noqa: E402
from training.export import export  # noqa: E402
from training.graph import store_in_bytes, store_in_half  # noqa: E402
from training.labels import labels_for  # noqa: E402
from training.network import Network  # noqa: E402


@pytest.mark.parametrize("backbone", ["mobilenet_v2", "efficientnet_lite0", "efficientnet_lite2"])
@pytest.mark.parametrize("pads_like", ["torchvision", "tensorflow"])
def test_padding_is_part_of_the_convolutions(tmp_path: Path, pads_like: str, backbone: str) -> None:
    torch.manual_seed(0)
    network = Network(backbone, 3, pads_like).eval()
    torch.nn.init.normal_(network.head.weight, 0, 0.5)
    checkpoint = Checkpoint(backbone, ("a", "b", "c"), network.state_dict(), 64, 0.7, 0.5, pads_like)
    export(checkpoint, labels_for(checkpoint.classes), tmp_path / "model.onnx")
    kinds = {node.op_type for node in onnx.load(str(tmp_path / "model.onnx")).graph.node}
    assert "Conv" in kinds
    assert not kinds & {"Pad", "Slice", "ConstantOfShape"}
    x = np.random.default_rng(0).normal(0, 1, (2, 3, 64, 64)).astype(np.float32)
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    probs, embedding = session.run(None, {"input": x})
    with torch.inference_mode():
        logits, features = network(torch.from_numpy(x))
    assert np.abs(probs - torch.softmax(logits / 0.7, 1).numpy()).max() < 1e-4
    assert np.abs(embedding - features.numpy()).max() < 1e-3 * float(features.abs().max())


@pytest.mark.parametrize(("steps", "part"), [((store_in_half,), 0.52), ((store_in_bytes, store_in_half), 0.3)])
@pytest.mark.parametrize("backbone", ["mobilenet_v2", "efficientnet_lite0", "efficientnet_lite2"])
def test_part_of_the_file_is_enough_to_compute_nearly_the_same(
    tmp_path: Path, backbone: str, steps: tuple[Callable[[onnx.ModelProto], None], ...], part: float
) -> None:
    torch.manual_seed(0)
    network = Network(backbone, 3).eval()
    torch.nn.init.normal_(network.head.weight, 0, 0.5)
    checkpoint = Checkpoint(backbone, ("a", "b", "c"), network.state_dict(), 64, 1.0, 0.5)
    export(checkpoint, labels_for(checkpoint.classes), tmp_path / "model.onnx")
    model = onnx.load(str(tmp_path / "model.onnx"))
    for step in steps:
        step(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(tmp_path / "small.onnx"))
    assert (tmp_path / "small.onnx").stat().st_size < part * (tmp_path / "model.onnx").stat().st_size
    x = np.random.default_rng(0).normal(0, 1, (2, 3, 64, 64)).astype(np.float32)
    before, after = (
        onnxruntime.InferenceSession(str(tmp_path / name), providers=["CPUExecutionProvider"]).run(None, {"input": x})
        for name in ("model.onnx", "small.onnx")
    )
    assert after[0].dtype == np.float32
    assert np.abs(before[0] - after[0]).max() < 0.01
