"""The tab that trains, and shows how it goes."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from training.language import _, _n
from training.page import Html, element, join, paragraph
from training.studio.course import best_of, minutes_left, read_course
from training.studio.curves import curves
from training.studio.message import on_the_page, saying
from training.studio.model_tab import Choices
from training.studio.photo_set import up_to_date
from training.studio.plan import Plan
from training.studio.training_process import Present, TrainingProcess
from training.studio.workspace import Workspace

EVERY_S = 2
"""Epochs take seconds at least; asking costs next to nothing."""
NEXT_NAME = "(now, told) => { const [begun, next] = told.split('\\n'); return now === begun ? next : now; }"
"""On the page itself: a training takes seconds to begin, and a name that is typed meanwhile stays."""


def train_tab(workspace: Workspace, process: TrainingProcess, choices: Choices) -> gr.Textbox:
    """Returns the field with the training's name."""
    gr.Markdown(_("It goes on when you close this page; open it again to see how far it is. One training at a time."))
    with gr.Row(equal_height=True):
        name = gr.Textbox(value=workspace.new_name, label=_("Name of this training"), elem_id="run-name", scale=3)
        start = gr.Button(_("Start training"), variant="primary", elem_id="start")
        stop = gr.Button(_("Stop"), variant="stop", elem_id="stop")
    following = gr.Textbox(visible="hidden", elem_id="next-name")
    status = gr.HTML(value=lambda: shown(process.present()), elem_id="status")
    chart = gr.HTML(value=lambda: curves(process.present()), elem_id="curves")
    with gr.Accordion(_("What it says"), open=False):
        log = gr.Textbox(value=lambda: process.present().log, show_label=False, lines=8, interactive=False)

    def look() -> tuple[str, str, str]:
        present = process.present()
        return shown(present), curves(present), present.log

    def begin(wanted: str, *values: Any) -> tuple[str, str, str, str]:
        process.start(Plan(up_to_date(workspace), workspace.run(wanted), **choices.named(values)))
        return *look(), f"{wanted}\n{workspace.new_name(besides=wanted)}"

    def end() -> tuple[str, str, str]:
        process.stop()
        return look()

    outputs = [status, chart, log]
    begun = start.click(saying(begin), [name, *choices.components()], [*outputs, following])
    begun.success(None, [name, following], name, js=NEXT_NAME)  # which the code then shows, too
    stop.click(saying(end), None, outputs)
    gr.Timer(EVERY_S).tick(look, None, outputs, show_progress="hidden")
    return name


def shown(present: Present) -> str:
    """How it stands, in a sentence or two."""
    if present.run is None:
        return paragraph(_("Nothing was trained yet."))
    epochs = read_course(present.run)
    says = {
        "running": _("{name} is under way: epoch {epoch} of {all} is done."),
        "done": _n("{name} is done, after {epoch} epoch.", "{name} is done, after {epoch} epochs.", len(epochs)),
        "stopped": _n(
            "{name} was stopped after {epoch} epoch; the best network so far is kept and can be used.",
            "{name} was stopped after {epoch} epochs; the best network so far is kept and can be used.",
            len(epochs),
        ),
        "failed": _("{name} failed; look below at what it says."),
        "lost": _("{name} was broken off from outside; its best network so far is kept."),
    }
    if present.state in ("stopped", "lost") and not (present.run / "best.pth").is_file():
        says["stopped"] = _("{name} was stopped before there was a network.")
        says["lost"] = _("{name} was broken off from outside, before there was a network.")
    text = says[present.state].format(name=present.run.name, epoch=len(epochs), all=present.epochs)
    parts = [element("b", text)]
    best, left = best_of(epochs), minutes_left(epochs, present.epochs)
    if best is not None:
        text = _("Best: epoch {epoch}, validation accuracy {accuracy:.1%}.")
        parts.append(element("span", text.format(epoch=best.epoch, accuracy=best.val_accuracy)))
    if present.state == "running":
        parts.append(element("span", _left(left)))
    if present.state in ("failed", "lost") and present.is_disk_full:
        parts.append(element("span", _("There is no room left on the disk: make some, then train again.")))
    if present.state == "failed":
        parts.append(Html(f"<pre>{escape(on_the_page(present.log))}</pre>"))
    return join([element("div", join(parts), css=f"state-{present.state}")])


def _left(minutes: float | None) -> str:
    if minutes is None:
        return _("How long it takes is known after the first epoch.")
    if minutes < 1:
        return _("Less than a minute is left, at most.")
    return _n(
        "About {minutes:.0f} minute is left, at most.", "About {minutes:.0f} minutes are left, at most.", round(minutes)
    ).format(minutes=minutes)
