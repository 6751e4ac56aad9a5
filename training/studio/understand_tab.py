"""The tab that shows how good a network is, and where it looks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError
from training.language import _
from training.layout import read_prepared
from training.pictures import read_picture
from training.studio.command import lines_of, spoken
from training.studio.message import framed, saying
from training.studio.model_files import chosen_run, model_of
from training.studio.photo_field import photo_field
from training.studio.workspace import Workspace

Shown = tuple[NDArray[np.uint8], NDArray[np.uint8], dict[str, float], Any]

PLAIN_BUTTONS = ["download", "fullscreen"]
"""Without gradio's button that shares a picture on the network."""


def understand_tab(workspace: Workspace) -> Any:
    """Returns the field with the training that is looked at."""
    with gr.Row(equal_height=True):
        run = gr.Dropdown(workspace.trained(), label=_("Training"), elem_id="understand-run", scale=3)
        button = gr.Button(_("Measure on the test photos"), variant="primary", elem_id="measure")
    gr.Markdown(
        _("Accuracy per class, what is taken for what, whether its confidence can be trusted, the most wrong photos.")
    )
    report = gr.HTML(elem_id="report")
    gr.Markdown("### " + _("Where does it look?"))
    gr.Markdown(
        _("Red is what speaks for the class (Grad-CAM). Does it look at the animal, or at the ground behind it?")
    )
    with gr.Row():
        with gr.Column():
            photo = photo_field("look-photo", 300)
            label = gr.Dropdown([], label=_("Another class to ask about (empty: its answer)"), elem_id="look-class")
        seen = gr.Image(label=_("What the network gets"), interactive=False, height=300, buttons=PLAIN_BUTTONS)
        heat = gr.Image(label=_("Where it looks"), interactive=False, height=300, buttons=PLAIN_BUTTONS, elem_id="heat")
        answer = gr.Label(label=_("Answer"), num_top_classes=3, elem_id="look-answer")

    def explained(name: str, path: str | None, wanted: str | None) -> Shown:
        return looked(workspace, name, path, wanted)

    button.click(saying(lambda name: framed(measured(workspace, name))), run, report)
    outputs = [seen, heat, answer, label]
    gr.on(
        [photo.change, label.input], saying(explained), [run, photo, label], outputs, trigger_mode="always_last"
    )  # one after the other, the latest wish last
    return run


def measured(workspace: Workspace, name: str | None) -> str:
    """The page of `gardenwatch-train evaluate`; in a process of its own, because it writes in two languages at once."""
    model = model_of(workspace, name)
    dataset = workspace.dataset()
    figures = chosen_run(workspace, name) / "figures"
    split = "test" if read_prepared(dataset).photos["test"] else "val"
    words = ["evaluate", str(model), str(dataset), "--split", split, "--out", str(figures)]
    todo = _("choose the set it was trained on in the tab of the photos")
    list(lines_of("training", words, _("a model that can be measured on this set"), todo))
    return (figures / "index.html").read_text("utf-8")


def looked(workspace: Workspace, name: str | None, path: str | None, wanted: str | None) -> Shown:
    """What the network gets and where it looks, RGB, its answer, and the classes to ask about."""
    from training.checkpoint import load_checkpoint
    from training.gradcam import look
    from training.labels import labels_for

    checkpoint = load_checkpoint(chosen_run(workspace, name) / "best.pth")
    if not path:
        raise TrainingError(_("a photo"), _("none"), _("choose one"))
    found = look(checkpoint, read_picture(Path(path)), wanted or None)
    names = [label.name(spoken()) for label in labels_for(checkpoint.classes)]
    probabilities = {name: float(p) for name, p in zip(names, found.probabilities, strict=True)}
    # The choices only: by now another class may be chosen there.
    field = gr.Dropdown(choices=[("", ""), *zip(names, checkpoint.classes, strict=True)])
    return found.seen[:, :, ::-1], found.picture()[:, :, ::-1], probabilities, field
