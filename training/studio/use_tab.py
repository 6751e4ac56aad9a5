"""The tab that exports a network, tries it, and tells how it comes onto a device."""

from __future__ import annotations

from typing import Any

import gradio as gr

from training.language import _
from training.studio.clip_tab import clip_tab
from training.studio.device_tab import device_tab
from training.studio.message import saying
from training.studio.model_files import exported, smaller, tried, tried_frame
from training.studio.photo_field import photo_field
from training.studio.workspace import Workspace

EVERY_S = 0.4
"""Between two answers on the webcam: an answer takes 20 to 60 ms, and a word that flickers cannot be read."""


def use_tab(workspace: Workspace) -> Any:
    """Returns the field with the training that is used."""
    with gr.Row(equal_height=True):
        run = gr.Dropdown(workspace.trained(), label=_("Training"), elem_id="use-run", scale=2)
        button = gr.Button(_("Export the model file"), variant="primary", elem_id="export")
        small = gr.Button(_("Make it smaller (8 bits)"), elem_id="quantize")
        anyway = gr.Checkbox(False, label=_("smaller even if it loses more than a point of accuracy"), elem_id="anyway")
    with gr.Row():
        with gr.Column(min_width=280):
            file = gr.File(label=_("Model files (ONNX), to download"), interactive=False, elem_id="model-file")
        with gr.Column(min_width=280):
            said = gr.Markdown(elem_id="exported")
    gr.Markdown("### " + _("Try it on a photo"))
    with gr.Row():
        photo = photo_field("photo", 320)
        with gr.Column(min_width=280):
            answer = gr.Label(label=_("Answer"), num_top_classes=3, elem_id="answer")
            doubt = gr.Markdown(elem_id="doubt")
    with gr.Accordion(_("Try it live on the webcam"), open=False, elem_id="live"), gr.Row():
        camera = gr.Image(
            label=_("Webcam"), sources=["webcam"], streaming=True, type="numpy", height=320, buttons=[],
            elem_id="live-camera", webcam_options=gr.WebcamOptions(mirror=False),
        )  # fmt: skip
        with gr.Column(min_width=280):
            live = gr.Label(label=_("Answer"), num_top_classes=3, elem_id="live-answer")
            live_doubt = gr.Markdown(elem_id="live-doubt")
    with gr.Accordion(_("Try it on a clip, with what it sees drawn in"), open=False, elem_id="clip"):
        clip_tab(workspace, run)
    with gr.Accordion(_("Send it to a device in the garden"), open=False, elem_id="send"):
        device_tab(workspace, run)
    button.click(saying(lambda name: exported(workspace, name)), run, [file, said])
    small.click(saying(lambda name, any_: smaller(workspace, name, any_)), [run, anyway], [file, said])
    photo.change(saying(lambda name, path: tried(workspace, name, path)), [run, photo], [answer, doubt])
    camera.stream(
        saying(lambda name, frame: tried_frame(workspace, name, frame)), [run, camera], [live, live_doubt],
        stream_every=EVERY_S, concurrency_limit=1, show_progress="hidden",
    )  # fmt: skip
    return run
