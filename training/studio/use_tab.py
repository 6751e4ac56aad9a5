"""The tab that exports a network and tries it."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from edge.model.classifier import Classifier
from training.errors import UsageError
from training.language import _
from training.pictures import read_picture
from training.studio.message import saying
from training.studio.photo_field import photo_field
from training.studio.workspace import Workspace


def use_tab(workspace: Workspace) -> gr.Dropdown:
    """Returns the field with the training that is used."""
    with gr.Row(equal_height=True):
        run = gr.Dropdown(workspace.trained(), label=_("Training"), elem_id="use-run", scale=2)
        again = gr.Button(_("Look again"), elem_id="look-again")
        button = gr.Button(_("Export the model file"), variant="primary", elem_id="export")
    file = gr.File(label=_("Model file (ONNX)"), interactive=False, elem_id="model-file")
    said = gr.Markdown(elem_id="exported")
    gr.Markdown("### " + _("Try it"))
    with gr.Row():
        photo = photo_field("photo", 320)
        answer = gr.Label(label=_("Answer"), num_top_classes=3, elem_id="answer")

    def known() -> gr.Dropdown:
        names = workspace.trained()
        return gr.Dropdown(choices=names, value=names[0] if names else None)

    again.click(known, None, run)
    button.click(saying(lambda name: exported(workspace, name)), run, [file, said])
    photo.upload(saying(lambda name, path: tried(workspace, name, path)), [run, photo], answer)
    return run


def exported(workspace: Workspace, name: str | None) -> tuple[str, str]:
    """The model file of that training, and what to do with it."""
    from training.checkpoint import load_checkpoint
    from training.export import export
    from training.labels import labels_for

    run = chosen_run(workspace, name)
    out = workspace.models / f"{run.name}.onnx"
    checkpoint = load_checkpoint(run / "best.pth")
    card = export(checkpoint, labels_for(checkpoint.classes), out)
    text = _("Model {id}, {size:.1f} MB, {count} classes. It lies at {path}. On the device: `gardenwatch run` with it.")
    size = out.stat().st_size / 1e6
    return str(out), text.format(id=card.model_id, size=size, count=len(card.labels), path=out)


def tried(workspace: Workspace, name: str | None, photo: str | None) -> dict[str, float]:
    """What the model file says to the photo, as the device would; it is exported first where it is not yet."""
    if not photo:
        return {}
    picture = read_picture(Path(photo))
    classifier = Classifier.open(model_of(workspace, name))
    probabilities = classifier.classify([picture])[0][0]
    return {label.key: float(p) for label, p in zip(classifier.card.labels, probabilities, strict=True)}


def model_of(workspace: Workspace, name: str | None) -> Path:
    """The model file of that training; exported where it is not there, or older than its network."""
    run = chosen_run(workspace, name)
    out = workspace.models / f"{run.name}.onnx"
    if not out.is_file() or out.stat().st_mtime < (run / "best.pth").stat().st_mtime:
        exported(workspace, name)
    return out


def chosen_run(workspace: Workspace, name: str | None) -> Path:
    """Raises UsageError where there is no such training, or it has no network yet."""
    if not name or name not in workspace.trained():
        raise UsageError(_("a training with a network"), name or _("none"), _("train first, then choose it here"))
    return workspace.run(name)
