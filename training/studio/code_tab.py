"""The tab that shows the chosen training as code."""

from __future__ import annotations

from typing import Any

import gradio as gr

from training.language import _
from training.layout import read_prepared
from training.studio.code import as_commands, as_python, as_xedu
from training.studio.message import saying
from training.studio.model_tab import Choices
from training.studio.photo_set import up_to_date
from training.studio.plan import Plan
from training.studio.workspace import Workspace


def code_tab(workspace: Workspace, choices: Choices, tab: Any, name: Any) -> None:
    """Written anew whenever the tab is opened; `name` is the field with the training's name."""
    gr.Markdown(_("What you chose, as code: copied and run, the first two give the same network as the next tabs."))
    commands = gr.Code(
        language="shell", label=_("Commands"), elem_id="commands", interactive=False, show_line_numbers=False,
        wrap_lines=True,
    )  # fmt: skip
    python = gr.Code(
        language="python", label="Python", elem_id="python", interactive=False, show_line_numbers=False, wrap_lines=True
    )
    xedu = gr.Code(
        language="python",
        label=_("The lesson's tools: XEdu"),
        interactive=False,
        elem_id="xedu",
        show_line_numbers=False,
        wrap_lines=True,
    )

    def write(wanted: str, *values: Any) -> tuple[str, str, str]:
        run = workspace.run(wanted)
        plan = Plan(up_to_date(workspace), run, **choices.named(values))
        model = workspace.models / f"{run.name}.onnx"
        classes = len(read_prepared(plan.dataset).classes)
        return as_commands(plan, model), as_python(plan, model), as_xedu(plan, model, classes)

    outputs = [commands, python, xedu]
    tab.select(saying(write), [name, *choices.components()], outputs, trigger_mode="always_last")
