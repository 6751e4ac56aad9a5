"""The tab of the network and its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from training.errors import TrainingError
from training.language import _
from training.layout import read_prepared
from training.studio.workspace import Workspace
from training.train_commands import BACKBONE_NAMES, BALANCES, OPTIMIZERS


@dataclass(frozen=True, slots=True)
class Choices:
    """The fields of the tab, by the names that Plan has for them."""

    fields: dict[str, Any]

    def components(self) -> list[Any]:
        return list(self.fields.values())

    def named(self, values: tuple[Any, ...]) -> dict[str, Any]:
        """The values of `components`, as Plan wants them."""
        given = dict(zip(self.fields, values, strict=True))
        for name in ("epochs", "batch_size", "patience", "seed"):
            given[name] = int(given[name] or 0)
        return given | {"lr": float(given["lr"] or 0), "weights": str(given["weights"] or "").strip()}


def _classes(workspace: Workspace) -> str:
    try:
        names = read_prepared(workspace.dataset()).classes
    except TrainingError:
        return _("none yet: open a folder in the tab of the photos first")
    return f"{len(names)}: {', '.join(names)}"


def good_for() -> dict[str, str]:
    """A sentence for each backbone."""
    return {
        "mobilenet_v2": _("The device's own: 9 MB, quick, and it runs unchanged in XEduHub. Begin with it."),
        "mobilenet_v3_small": _("For slow boards: 6 MB, the quickest, a little less accurate."),
        "mobilenet_v3_large": _("A little more accurate on ImageNet than MobileNetV2, at about its speed: 17 MB."),
        "efficientnet_lite0": _(
            "More right than MobileNetV2, a third slower: 14 MB, 4 MB in 8 bits. Its start weights are a package."
        ),
        "efficientnet_lite2": _(
            "The best on photos, at twice MobileNetV2's time: 20 MB, 6 MB in 8 bits. Its start weights are a package."
        ),
        "resnet18": _("For comparing: a classic of 2015 with 45 MB; it runs unchanged in XEduHub."),
        "resnet50": _("For comparing: deeper, 94 MB, slow without a graphics card; it runs unchanged in XEduHub."),
        "alexnet": _("For the lesson: what a network of 2012 needs (228 MB), and what it does not reach."),
        "lenet5": _("For the lesson: the tiny one of 1998, grey and 32 pixels wide, learning from nothing."),
    }


def model_tab(workspace: Workspace, tab: Any) -> Choices:
    """Every parameter with its default, and what it does; `tab` is the one it stands in."""
    sentences = good_for()
    classes = gr.Textbox(
        value=lambda: _classes(workspace), label=_("Classes, from the photos"), interactive=False, elem_id="classes"
    )
    tab.select(lambda: _classes(workspace), None, classes)
    backbone = gr.Dropdown(list(BACKBONE_NAMES), value="mobilenet_v2", label=_("Network"), elem_id="backbone")
    about = gr.Markdown(sentences["mobilenet_v2"], elem_id="about-backbone")
    backbone.change(lambda name: sentences.get(name, ""), backbone, about)
    with gr.Row():
        epochs = gr.Number(
            20, label=_("Epochs"), precision=0, minimum=1, elem_id="epochs",
            info=_("How often all photos are looked at. It ends earlier when nothing gets better."),
        )  # fmt: skip
        batch_size = gr.Number(
            32, label=_("Batch size"), precision=0, minimum=2, elem_id="batch-size",
            info=_("How many photos are learned at once. Take fewer on a computer with little memory."),
        )  # fmt: skip
        lr = gr.Number(
            0, label=_("Learning rate"), minimum=0,
            info=_("How far each step goes. 0 takes what suits the optimizer; too much forgets what is known."),
        )  # fmt: skip
        optimizer = gr.Dropdown(
            list(OPTIMIZERS), value="adamw", label=_("Optimizer"),
            info=_("How it learns from its errors. adamw needs the least care; sgd is the lesson's."),
        )  # fmt: skip
    with gr.Accordion(_("More"), open=False, elem_id="more"):
        with gr.Row():
            weights = gr.Dropdown(
                ["", "imagenet", "none"], value="", allow_custom_value=True, label=_("Start weights"),
                elem_id="weights",
                info=_(
                    "What it knows before: imagenet (got once), a file's path, or none. Empty: what suits the network."
                ),
            )  # fmt: skip
            checkpoint = gr.Textbox(
                label=_("Go on from a checkpoint"), info=_("The best.pth of an earlier training; instead of weights."),
            )  # fmt: skip
        with gr.Row():
            balance = gr.Dropdown(
                list(BALANCES), value="sampling", label=_("Rare classes"),
                info=_("sampling shows them more often, loss weights them, none does neither."),
            )  # fmt: skip
            patience = gr.Number(
                6, label=_("Patience"), precision=0, minimum=0,
                info=_("Stop after so many epochs without a better one; 0 never."),
            )  # fmt: skip
            seed = gr.Number(
                0, label=_("Seed"), precision=0, minimum=0,
                info=_("The same seed gives the same answers on one computer."),
            )  # fmt: skip
        with gr.Row():
            resize = gr.Dropdown(
                [
                    (_("as the checkpoint, else the middle"), ""),
                    (_("the middle, as MMEdu does"), "shorter_side"),
                    (_("all of it, with grey beside it"), "longer_side"),
                ],
                value="", label=_("What it sees of a photo"), elem_id="resize",
                info=_("All of it where animals fill the photos and would be cut off."),
            )  # fmt: skip
    names = ("backbone", "epochs", "batch_size", "lr", "optimizer", "weights", "checkpoint", "balance", "patience")
    fields = (backbone, epochs, batch_size, lr, optimizer, weights, checkpoint, balance, patience)
    return Choices(dict(zip(names, fields, strict=True)) | {"seed": seed, "resize": resize})
