"""Reads models that MMEdu exported: they carry class names and a network's name, nothing more.

Source of sizes and normalisations: MMEdu 2.0.0's validation pipelines, BaseDT's `_backbone_args` for LeNet.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from edge.model.contract import ModelCard, Preprocessing
from edge.model.errors import N_, ModelError
from edge.model.labels import Label

_PHOTO = Preprocessing()
_PREPROCESSING = {
    "MobileNet": _PHOTO,
    "ResNet18": _PHOTO,
    "ResNet50": _PHOTO,
    "ResNeXt": _PHOTO,
    "ShuffleNet_v2": _PHOTO,
    "VGG": _PHOTO,
    "RepVGG": _PHOTO,
    "LeNet": Preprocessing(size_px=32, resize_px=32, resize="squash", mean=(33.46,), std=(78.87,), channels=1),
}


def card_of(path: Path, model_info: str) -> ModelCard:
    """The card of a model that has only MMEdu's `MODEL_INFO`. All roles are neutral until the config says more.

    Raises ModelError where the JSON is damaged or the network's name is not one MMEdu exports.
    """
    try:
        info = json.loads(model_info)
        name, classes = info["modelname"], info["classes"]
        if not isinstance(classes, list) or not all(isinstance(key, str) for key in classes):
            raise TypeError(f"classes: {classes!r}")
        if not isinstance(name, str):
            raise TypeError(f"modelname: {name!r}")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError(
            N_("MODEL_INFO like {example}"),
            "{info} ({error})",
            N_("convert the model again in MMEdu"),
            example='{"codebase": "MMCls", "modelname": "MobileNet", "classes": ["bee", "slug"]}',
            info=repr(model_info[:80]),
            error=error,
        ) from error
    if name not in _PREPROCESSING:
        raise ModelError(
            N_("a network whose preprocessing is known ({known})"),
            N_("{name} in MODEL_INFO"),
            N_("export with one of these backbones, or train with `gardenwatch-train`"),
            known=", ".join(_PREPROCESSING),
            name=repr(name),
        )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    labels = tuple(Label(key, key, key) for key in classes)
    return ModelCard(f"{name.lower()}-mmedu-{digest}", labels, _PREPROCESSING[name])
