"""The whole page of the studio."""

from __future__ import annotations

import gradio as gr

from training.language import _
from training.studio.code_tab import code_tab
from training.studio.data_tab import data_tab
from training.studio.model_tab import model_tab
from training.studio.suspects_tab import suspects_tab
from training.studio.train_tab import train_tab
from training.studio.training_process import TrainingProcess
from training.studio.understand_tab import understand_tab
from training.studio.use_tab import use_tab
from training.studio.workspace import Workspace


def build(workspace: Workspace, process: TrainingProcess) -> gr.Blocks:
    """In the language in use."""
    with gr.Blocks(title=_("Gardenwatch studio"), analytics_enabled=False, fill_width=True) as blocks:
        gr.Markdown("# " + _("Gardenwatch studio"))
        with gr.Tabs():
            with gr.Tab(_("1 Photos"), elem_id="tab-data"):
                own_set = data_tab(workspace)
                mending = gr.Accordion(_("Are photos in the wrong class?"), open=False, elem_id="suspects")
            with gr.Tab(_("2 Network"), elem_id="tab-model") as network:
                choices = model_tab(workspace, network)
            with mending:
                suspects_tab(workspace, choices.fields["weights"])
            code = gr.Tab(_("3 Code"), elem_id="tab-code")
            with gr.Tab(_("4 Training"), elem_id="tab-train"):
                name = train_tab(workspace, process, choices)
            with code:
                code_tab(workspace, choices, code, name)
            with gr.Tab(_("5 Understand"), elem_id="tab-understand") as understand:
                looked_at = understand_tab(workspace)
            with gr.Tab(_("6 Use"), elem_id="tab-use") as use:
                used = use_tab(workspace)
        blocks.load(lambda: gr.Dropdown(choices=workspace.own_sets()), None, own_set)
        for tab, run in ((understand, looked_at), (use, used)):
            newest = gr.State(_newest(workspace))
            tab.select(lambda chosen, told: known(workspace, chosen, told), [run, newest], [run, newest])
    return blocks


def known(workspace: Workspace, chosen: str | None, told: str | None) -> tuple[gr.Dropdown, str | None]:
    """The trainings to choose from. The newest is chosen once, when it is new; what a person chose stays."""
    names, newest = workspace.trained(), _newest(workspace)
    if newest != told or chosen not in names:
        return gr.Dropdown(choices=names, value=newest), newest
    return gr.Dropdown(choices=names), newest


def _newest(workspace: Workspace) -> str | None:
    return next(iter(workspace.trained()), None)
