"""Writes the one file that passes from training to the device (DESIGN, contract 1)."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from edge.model.contract import METADATA_KEY, XEDU_KEY, ModelCard, Preprocessing, self_test_image
from edge.model.labels import Label
from training.backbones import BACKBONES
from training.checkpoint import Checkpoint
from training.familiar import Familiar
from training.familiar_model import add_familiarity
from training.graph import accept_grey, fold_padding
from training.network import Network

OPSET = 17
"""The newest that torch's older exporter writes with IR 8; ONNX Runtime 1.13, the course's, reads both."""
IR_VERSION = 8


class Exported(nn.Module):
    """The network as the device runs it: softmaxed, temperature folded in."""

    def __init__(self, network: Network, temperature: float) -> None:
        super().__init__()
        self.network = network
        self.temperature = temperature

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        logits, embedding = self.network(x)
        return torch.softmax(logits / self.temperature, dim=1), embedding


def export(checkpoint: Checkpoint, labels: tuple[Label, ...], out: Path) -> ModelCard:
    """Write the ONNX file, and return what its metadata says; `labels` are in the order of the classes."""
    network = Exported(checkpoint.network(), checkpoint.temperature).eval()
    familiar = Familiar.read(checkpoint.familiar) if checkpoint.familiar else None
    card = ModelCard(
        model_id=f"{checkpoint.backbone}-{_digest(checkpoint)}",
        labels=labels,
        preprocessing=checkpoint.preprocessing,
        unknown_below=checkpoint.unknown_below,
        strange_below=familiar.strange_below if familiar else 0.0,
        dataset=checkpoint.dataset,
        metrics=checkpoint.metrics,
        provenance=checkpoint.provenance | {"exported": datetime.now(UTC).date().isoformat()},
    )
    with tempfile.TemporaryDirectory(dir=out.resolve().parent) as folder:
        part = Path(folder) / "model.onnx"
        _write_graph(network, checkpoint.size_px, part)
        model = onnx.load(str(part))
        fold_padding(model)
        if checkpoint.backbone == "lenet5":
            accept_grey(model)
        if familiar is not None:
            add_familiarity(model, familiar)
        onnx.save(model, str(part))
        card = replace(card, self_test=self_test(part, card.preprocessing))
        write_metadata(part, BACKBONES[checkpoint.backbone].xedu, card)
        os.replace(part, out)
    return card


def _write_graph(network: nn.Module, size_px: int, path: Path) -> None:
    with warnings.catch_warnings():
        # torch calls this exporter legacy, but the newer one writes opset 18, IR 10 and a second file (torch 2.15).
        # This may go once it can write opset 17 with IR 8 into one file.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.filterwarnings("ignore", "Constant folding", UserWarning)  # of padding, which we fold ourselves
        torch.onnx.export(
            network,
            (torch.zeros(1, 3, size_px, size_px),),
            str(path),
            input_names=["input"],
            output_names=["probs", "embedding"],
            dynamic_axes={name: {0: "N"} for name in ("input", "probs", "embedding")},
            opset_version=OPSET,
            dynamo=False,
        )


def self_test(path: Path, preprocessing: Preprocessing) -> tuple[float, ...]:
    """What the file says of the picture that any machine draws alike."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    probs = session.run(["probs"], {"input": preprocessing(self_test_image())[np.newaxis]})[0]
    return tuple(round(float(p), 6) for p in probs[0])


def write_metadata(path: Path, known_as: str, card: ModelCard) -> None:
    """Put the card into the file, and what XEduHub knows the network as."""
    model = onnx.load(str(path))
    model.ir_version = IR_VERSION
    xedu = {"codebase": "MMCls", "modelname": known_as, "classes": [label.key for label in card.labels]}
    # ASCII, because XEduHub decodes metadata as unicode_escape: Chinese names in UTF-8 would come out garbled.
    properties = {METADATA_KEY: card.to_json(), XEDU_KEY: json.dumps(xedu, ensure_ascii=True)}
    onnx.helper.set_model_props(model, properties)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def stamp_metrics(path: Path, metrics: dict[str, Any]) -> None:
    """Put measured figures into the metadata of a file that `export` wrote; the network stays as it is."""
    model = onnx.load(str(path))
    properties = {entry.key: entry.value for entry in model.metadata_props}
    card = ModelCard.from_json(properties.get(METADATA_KEY, ""))
    properties[METADATA_KEY] = replace(card, metrics=card.metrics | metrics).to_json()
    onnx.helper.set_model_props(model, properties)
    part = path.with_name(path.name + ".part")
    try:
        onnx.save(model, str(part))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _digest(checkpoint: Checkpoint) -> str:
    """Eight hex digits of what the network computes and calls its answers."""
    digest = hashlib.sha256(json.dumps([checkpoint.classes, checkpoint.temperature]).encode())
    for key in sorted(checkpoint.state):
        digest.update(checkpoint.state[key].numpy().tobytes())
    if checkpoint.familiar:
        digest.update(checkpoint.familiar["prototypes"].numpy().tobytes())
    return digest.hexdigest()[:8]
