"""The part of the tab of use that sends a model to a device."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from training.errors import UsageError
from training.language import _
from training.studio.device import Device
from training.studio.message import saying_lines
from training.studio.model_files import model_of
from training.studio.workspace import Workspace

USUAL = "pi@raspberrypi.local"
"""What the Raspberry Pi's own imager proposes."""


def device_tab(workspace: Workspace, run: Any) -> None:
    """`run` is the field with the training."""
    gr.Markdown(
        _(
            "The device tries the model first, keeps the one before, and then watches with the new one. The button "
            "needs a device that lets you in without a password (an ssh key)."
        )
    )
    with gr.Row():
        device = gr.Textbox(USUAL, label=_("User and name of the device"), elem_id="device", scale=2)
        send = gr.Button(_("Send it to the device"), variant="primary", elem_id="send-model")
        back = gr.Button(_("Go back to the model before"), elem_id="roll-back")
    said = gr.Markdown(elem_id="send-said")
    gr.Markdown(
        _(
            "Where it wants a password, copy these lines into a terminal: the first two send it, the third takes it "
            "back. Without a network, carry the file on a stick, and type the part in quotes on the device."
        )
    )
    lines = gr.Code(
        _by_hand(workspace, None, USUAL), language="shell", interactive=False, label=_("In a terminal"),
        elem_id="send-lines", show_line_numbers=False, wrap_lines=True,
    )  # fmt: skip

    def sent(name: str | None, to: str) -> Iterator[str]:
        yield from _together(Device(to.strip()).send(model_of(workspace, name)))

    def taken_back(to: str) -> Iterator[str]:
        yield from _together(Device(to.strip()).take_back())

    send.click(saying_lines(sent), [run, device], said, show_progress="minimal")
    back.click(saying_lines(taken_back), device, said, show_progress="minimal")
    gr.on(
        [run.change, device.change], lambda name, to: _by_hand(workspace, name, to), [run, device], lines,
        show_progress="hidden",
    )  # fmt: skip


def _together(lines: Iterator[str]) -> Iterator[str]:
    """All so far, one below the other; what comes from a device is shown as it is."""
    said: list[str] = []
    for line in lines:
        said.append(line)
        yield "```\n" + "\n".join(said) + "\n```"


def _by_hand(workspace: Workspace, name: str | None, to: str) -> str:
    """For the usual device while the field is half typed."""
    try:
        device = Device(to.strip())
    except UsageError:
        device = Device(USUAL)
    return device.by_hand(workspace.models / f"{name or 'run1'}.onnx")
