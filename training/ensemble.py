"""Makes one model file of several whose networks began with different weights: what one mistakes, another may know.

Their probabilities are meaned (Lakshminarayanan et al. 2017, "Simple and scalable predictive uncertainty estimation
using deep ensembles"); that network has a little more say to which the picture is more familiar (`training.weighing`).
The mean of the logarithms names a photo more rightly here and there, but of bees from a source that neither had learned
from it named 0.60 where the mean named 0.81 (in bfloat16, before temperatures were fitted as now, and none having more
say). The weights are kept in 16 bits, so that the file of two is no larger than one of one.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper
from onnx.utils import Extractor

from edge.model.classifier import Classifier
from edge.model.contract import ModelCard
from training.backbones import XEDU_NAME
from training.calibration import choose_unknown_below, fit_temperature, softmax
from training.errors import TrainingError, UsageError
from training.evaluate import evaluate
from training.export import self_test, write_metadata
from training.familiar import Familiar, Looks, learn_familiar, strange_below_of
from training.familiar import joined as joined_looks
from training.familiar_model import add_familiarity
from training.finish import JUDGED_PX
from training.graph import rename_inputs, store_in_bytes, store_in_half
from training.language import _
from training.layout import Photo, PreparedSet
from training.pictures import Picture
from training.run import dataset_facts
from training.sizes import reduced
from training.unknown import SIZES, look
from training.weighing import TILT, Weighing, learn_weighing, weighed_mean

SMALLEST = 1e-9
"""Of a probability whose logarithm is taken."""


def ensemble(
    models: Sequence[Path], prepared: PreparedSet, out: Path, extra: tuple[Photo, ...] = (), in_bytes: bool = False
) -> ModelCard:
    """Write the file, its confidence made honest on validation photos, with prototypes of the training photos and
    `extra`; weights in 16 bits, or most of them in 8 (`in_bytes`).

    Raises UsageError for less than two files, for such as `export` did not write, or of different classes or
    preprocessing; TrainingError for a set of other classes or without validation photos; ModelError for a file that is
    damaged.
    """
    cards = _alike(models)
    classes = tuple(label.key for label in cards[0].labels)
    if prepared.classes != classes:
        expected = _("a set of the classes {classes}").format(classes=", ".join(classes))
        raise TrainingError(expected, ", ".join(prepared.classes), _("give the set they were trained on"))
    val = prepared.photos["val"]
    if not val:
        raise TrainingError(_("photos that check a training"), _("no photo at all"), _("prepare the set anew"))
    graphs = [onnx.load(str(path)) for path in models]
    if in_bytes:
        for graph in graphs:
            store_in_bytes(graph)
    card = _card(cards, prepared, extra)
    grounds = [place for place, label in enumerate(card.labels) if label.role == "background"]
    with tempfile.TemporaryDirectory(dir=out.resolve().parent) as folder:
        part = Path(folder) / "model.onnx"
        _write(joined(graphs, 1.0), part, card)
        learned = None
        if len(grounds) < len(card.labels):
            learned = _learned(part, graphs, prepared.photos["train"] + extra, val, grounds)
            _write(_as_one(graphs, 1.0, learned), part, card)
        temperature, unknown_below = _calibrated(part, val)
        model = _as_one(graphs, temperature, learned)
        card = _write(model, part, replace(card, unknown_below=unknown_below))
        if learned:
            provenance = card.provenance | {"weighed_by_familiarity": {"tilt": TILT} | asdict(learned[1])}
            strange_below = strange_below_of(learned[0], _looks(part, val))
            card = replace(card, strange_below=strange_below, provenance=provenance)
        store_in_half(model)
        digest = hashlib.sha256(model.SerializeToString(deterministic=True)).hexdigest()[:8]
        card = _write(model, part, replace(card, model_id=f"{card.model_id}-{digest}"))
        os.replace(part, out)
    return card


def _card(cards: Sequence[ModelCard], prepared: PreparedSet, extra: tuple[Photo, ...]) -> ModelCard:
    """Of the file before anything was measured of it, with what each network's own said."""
    told = [{"model_id": one.model_id, "dataset": one.dataset} | one.provenance for one in cards]
    return replace(
        cards[0],
        model_id=_name(cards),
        unknown_below=0.0,
        strange_below=0.0,
        dataset=dataset_facts(prepared, extra),
        metrics={},
        provenance={"ensemble_of": told, "exported": datetime.now(UTC).date().isoformat()},
    )


def _learned(
    mean: Path, graphs: Sequence[onnx.ModelProto], train: Sequence[Photo], val: Sequence[Photo], grounds: Sequence[int]
) -> tuple[Familiar, Weighing]:
    """What the networks find familiar, as a plain `mean` of them shows it."""
    known = _looks(mean, val)
    familiar = learn_familiar(joined_looks(_looks(mean, train)), known, grounds)
    return familiar, learn_weighing(familiar, [_width(graph, "embedding") for graph in graphs], joined_looks(known))


def _as_one(
    graphs: Sequence[onnx.ModelProto], temperature: float, learned: tuple[Familiar, Weighing] | None
) -> onnx.ModelProto:
    """Weighed and with the output `familiarity`, where there is what was learned."""
    if learned is None:
        return joined(graphs, temperature)
    familiar, weighing = learned
    model = joined(graphs, temperature, weighing)
    add_familiarity(model, familiar)
    return model


def _looks(model: Path, photos: Sequence[Photo]) -> list[Looks]:
    """At full size and at 64 px."""
    classifier = Classifier.open(model)
    return [look(classifier, photos, px) for px in SIZES]


def _write(model: onnx.ModelProto, path: Path, card: ModelCard) -> ModelCard:
    """With its self-test, which the returned card has, too."""
    onnx.save(model, str(path))
    done = replace(card, self_test=self_test(path, card.preprocessing))
    write_metadata(path, XEDU_NAME, done)
    return done


def joined(models: Sequence[onnx.ModelProto], temperature: float, weighing: Weighing | None = None) -> onnx.ModelProto:
    """One graph: `probs` as the mean over the models, sharpened by the temperature; `embedding` (N, sum of D), each
    model's part of unit length.

    With `weighing` the mean is weighted, and the graph lacks the prototypes until `add_familiarity` brings them.
    """
    nodes, constants = [], []
    for place, model in enumerate(models):
        alone = Extractor(model).extract_model(["input"], ["probs", "embedding"])
        graph = compose.add_prefix_graph(alone.graph, f"{place}/")
        rename_inputs(graph.node, {f"{place}/input": "input"})  # all are given the same picture
        nodes += list(graph.node)
        constants += list(graph.initializer)
        unit = helper.make_node("LpNormalization", [f"{place}/embedding"], [f"{place}/unit"], axis=1, p=2)
        nodes.append(unit)
    said, seen = ([f"{place}/{name}" for place in range(len(models))] for name in ("probs", "unit"))
    if weighing:
        steps, numbers = weighed_mean(weighing, seen, said, "mean")
        nodes += steps
        constants += numbers
    else:
        nodes.append(helper.make_node("Mean", said, ["mean"]))
    nodes += [
        helper.make_node("Max", ["mean", "smallest"], ["some"]),
        helper.make_node("Log", ["some"], ["logarithm"]),
        helper.make_node("Div", ["logarithm", "temperature"], ["sharpened"]),
        helper.make_node("Softmax", ["sharpened"], ["probs"], axis=1),
        helper.make_node("Concat", seen, ["embedding"], axis=1),
    ]
    values = {"smallest": SMALLEST, "temperature": temperature}
    constants += [numpy_helper.from_array(np.asarray(value, np.float32), name) for name, value in values.items()]
    wide = {"probs": _width(models[0], "probs"), "embedding": sum(_width(model, "embedding") for model in models)}
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", count]) for name, count in wide.items()]
    graph = helper.make_graph(nodes, "ensemble", list(models[0].graph.input), outputs, constants)
    return helper.make_model(graph, opset_imports=models[0].opset_import)


def _width(model: onnx.ModelProto, output: str) -> int:
    found = next(one for one in model.graph.output if one.name == output)
    return int(found.type.tensor_type.shape.dim[1].dim_value)


def _alike(models: Sequence[Path]) -> list[ModelCard]:
    expected = _("two or more models that `gardenwatch-train export` wrote, of the same classes and --resize")
    todo = _("export them from trainings on the same set")
    cards = [Classifier.open(path).card for path in models]
    for path, card in zip(models, cards, strict=True):
        graph = onnx.load(str(path), load_external_data=False).graph
        outputs = [one.name for one in graph.output]
        if any(node.op_type == "If" for node in graph.node):
            found = _("{path}, a LeNet that takes grey pictures, too").format(path=path)
            raise UsageError(expected, found, _("train another backbone"))
        if outputs[:2] != ["probs", "embedding"] or "ensemble_of" in card.provenance:
            raise UsageError(expected, str(path), todo)
        if card.labels != cards[0].labels or card.preprocessing != cards[0].preprocessing:
            found = _("{path}, whose classes or preprocessing are not those of {first}").format(
                path=path, first=models[0]
            )
            raise UsageError(expected, found, todo)
    if len({path.resolve() for path in models}) < max(2, len(models)):
        raise UsageError(expected, ", ".join(map(str, models)), todo)
    return cards


def _calibrated(model: Path, val: tuple[Photo, ...]) -> tuple[float, float]:
    """Temperature by photos of several sizes, as after a training; the limit of `unknown` by whole ones."""
    changes: list[Callable[[Picture], Picture]] = [lambda picture: picture]
    changes += [partial(reduced, px=px) for px in JUDGED_PX]
    asked = [evaluate(model, val, change=change) for change in changes]
    logits = [np.log(np.maximum(one.probabilities, SMALLEST)) for one in asked]
    temperature = fit_temperature(np.concatenate(logits), np.concatenate([one.truth for one in asked]))
    return temperature, choose_unknown_below(softmax(logits[0], temperature), asked[0].truth)


def _name(cards: Sequence[ModelCard]) -> str:
    """Such as `mobilenet_v2x2`."""
    backbones = [card.model_id.split("-", 1)[0] for card in cards]
    return f"{backbones[0]}x{len(cards)}" if len(set(backbones)) == 1 else "+".join(backbones)
