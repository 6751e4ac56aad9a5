"""The tab of the photos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from training.errors import UsageError
from training.language import _
from training.studio.browse import can_browse, chosen_folder
from training.studio.file_field import file_field
from training.studio.message import framed, saying
from training.studio.own_tab import own_tab
from training.studio.photo_set import counted, open_folder
from training.studio.unpack import unpack
from training.studio.workspace import Workspace, plain_name


def data_tab(workspace: Workspace) -> Any:
    """Returns the field with the name of a set that is collected here."""
    gr.Markdown(
        _(
            "Choose a folder with one folder of photos per class (or images/CLASS, or a set that is split already). "
            "What is not split yet is split into a copy; your photos stay as they are, unless you move one below."
        )
    )
    with gr.Row(equal_height=True):
        path = gr.Textbox(label=_("Folder of photos on this computer"), scale=5, elem_id="folder")
        browse = gr.Button(_("Browse …"), scale=1, elem_id="browse", visible=can_browse())
        button = gr.Button(_("Open and check"), variant="primary", scale=1, elem_id="open-folder")
    packed = file_field(label=_("or a ZIP file of that folder"), height=180, elem_id="packed")
    making = gr.Accordion(_("or make a set here: drop photos, or take them with the webcam"), open=False, elem_id="own")
    chosen = gr.Markdown(value=lambda: chosen_set(workspace), elem_id="chosen")
    found = gr.HTML(elem_id="found")

    def opened(typed: str) -> tuple[str, str]:
        done = open_folder(Path(typed.strip().strip('"')).expanduser(), workspace)
        return chosen_set(workspace), framed(done.html)

    def unpacked(uploaded: str) -> tuple[str, str]:
        archive = Path(uploaded)
        try:
            folder = unpack(archive, workspace.uploads / plain_name(archive.stem))
        finally:
            archive.unlink()
        return opened(str(folder))

    with making:
        name = own_tab(workspace, opened, [chosen, found])
    packed.upload(saying(unpacked), packed, [chosen, found])
    browse.click(saying(lambda: chosen_folder() or gr.skip()), None, path)
    button.click(saying(opened), path, [chosen, found])
    path.submit(saying(opened), path, [chosen, found])
    return name


def chosen_set(workspace: Workspace) -> str:
    """The line about the set, or that there is none."""
    try:
        return _("**Chosen:** {set}").format(set=counted(workspace.dataset()))
    except UsageError:
        return _("No set is chosen yet.")
