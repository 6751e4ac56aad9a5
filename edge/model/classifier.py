"""Runs the model file with ONNX Runtime."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from edge.model.card import card_of, not_whole, size_of
from edge.model.contract import ModelCard, self_test_image
from edge.model.errors import N_, ModelError
from edge.model.labels import Role

SELF_TEST_TOLERANCE = 0.02
"""Processors differ in the last digits of float32 (under 1e-4 seen); a wrong preprocessing is off by 0.1 and more."""

FAMILIARITY = "familiarity"


class Answers(NamedTuple):
    """What a model says of N pictures."""

    probabilities: NDArray[np.float32]
    """[N, K], one per label."""
    embeddings: NDArray[np.float32] | None
    """[N, D], None where the file does not give them."""
    familiarity: NDArray[np.float32]
    """[N], 0 to 1: how much it looks like an animal that was learned; 1 where the file does not say."""


class Classifier:
    """A loaded model that has passed its self-test."""

    def __init__(self, session: ort.InferenceSession, card: ModelCard) -> None:
        self.card = card
        self._session = session
        self._input = session.get_inputs()[0]
        names = [output.name for output in session.get_outputs()]
        self._outputs = names[:2] + [name for name in names[2:] if name == FAMILIARITY]

    @classmethod
    def open(cls, path: Path, threads: int = 2, roles: Mapping[str, Role] | None = None) -> Classifier:
        """Loads and tries the file. `roles` (label key → role) are laid over what the file says.

        Raises ModelError for a file that is missing, truncated, not ONNX, without metadata, or whose outputs
        do not match its labels or its own self-test.
        """
        session = _session(path, threads)
        metadata = session.get_modelmeta().custom_metadata_map
        card = _with_roles(card_of(path, metadata), roles or {})
        classifier = cls(session, card)
        classifier._try_out()
        return classifier

    def classify(self, images: Sequence[NDArray[np.uint8]]) -> Answers:
        """Answers about N pictures (H, W, 3) uint8 BGR."""
        if not images:
            return Answers(np.zeros((0, len(self.card.labels)), np.float32), None, np.zeros(0, np.float32))
        # One in a run: two at once take 15 MB more of the bundled model, and save a tenth of the time at most.
        runs = [
            self._session.run(self._outputs, {self._input.name: self.card.preprocessing(image)[None]})
            for image in images
        ]
        found = dict(zip(self._outputs, (np.concatenate(parts) for parts in zip(*runs, strict=True)), strict=True))
        familiarity = found.pop(FAMILIARITY, np.ones(len(images), np.float32))
        probabilities, *embeddings = found.values()
        return Answers(probabilities, embeddings[0] if embeddings else None, familiarity)

    def _try_out(self) -> None:
        labels = self.card.labels
        try:
            probabilities = self.classify([self_test_image()]).probabilities
        except Exception as error:  # ONNX Runtime has no public class for a failed run
            raise ModelError(
                N_("a network that takes one picture [N,3,H,W] float32"),
                "{error}",
                N_("export the model again with `gardenwatch-train export`"),
                error=_short(error),
            ) from error
        if probabilities.shape != (1, len(labels)):
            raise ModelError(
                N_("one output per label, {count} ({labels})"),
                N_("outputs of shape {shape}"),
                N_("export the model again together with its classes.txt"),
                count=len(labels),
                labels=", ".join(label.key for label in labels),
                shape=list(probabilities.shape),
            )
        expected = np.asarray(self.card.self_test, np.float32)
        if not expected.size:
            return
        same_size = expected.shape == probabilities[0].shape
        worst = float(np.abs(probabilities[0] - expected).max()) if same_size else 1.0
        if not worst <= SELF_TEST_TOLERANCE:  # written so that a NaN fails, too
            raise ModelError(
                N_("the self-test's probabilities within {tolerance}"),
                N_("a difference of {worst:.3f}"),
                N_("copy the model file again; if that does not help, export it again"),
                tolerance=SELF_TEST_TOLERANCE,
                worst=worst,
            )


def _session(path: Path, threads: int) -> ort.InferenceSession:
    """A session over the file, quiet, with its threads asleep between runs."""
    size = size_of(path)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False  # 20 MB less at the peak, no slower at this size
    # Where layers take each other's memory over, two networks in one file need 17 MB more, and a fifth more time.
    options.enable_mem_reuse = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # an idle garden costs no processor
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime raises a class of its own per status code, none of them public
        raise not_whole(path, size, _short(error)) from error


def _with_roles(card: ModelCard, roles: Mapping[str, Role]) -> ModelCard:
    strangers = set(roles) - {label.key for label in card.labels}
    if strangers:
        raise ModelError(
            N_("roles for labels of the model ({labels})"),
            N_("model.roles for {strangers}"),
            N_("mend model.roles in the configuration"),
            labels=", ".join(label.key for label in card.labels),
            strangers=", ".join(sorted(strangers)),
        )
    labels = tuple(dataclasses.replace(label, role=roles.get(label.key, label.role)) for label in card.labels)
    return dataclasses.replace(card, labels=labels)


def _short(error: Exception) -> str:
    """The first line of ONNX Runtime's message, without its file names and numbers in front."""
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return first.rsplit(" : ", 1)[-1][:160]
