"""The part of the tab of use that watches a clip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from training.language import _
from training.studio.clip import MOST_S, seen_on
from training.studio.file_field import file_field
from training.studio.message import saying_lines
from training.studio.model_files import model_of
from training.studio.workspace import Workspace


def clip_tab(workspace: Workspace, run: Any) -> None:
    """`run` is the field with the training."""
    with gr.Row(equal_height=True):
        clip = file_field(label=_("A film (none: the drawn garden)"), height=180, elem_id="clip-file")
        seconds = gr.Number(
            30, label=_("How many seconds of it"), minimum=1, maximum=MOST_S, elem_id="clip-seconds",
            info=_("Watching takes about as long as the film."),
        )  # fmt: skip
        start = gr.Button(_("Watch it"), variant="primary", elem_id="watch-clip")
    said = gr.Markdown(elem_id="clip-said")
    film = gr.Video(
        label=_("What it sees"),
        interactive=False,
        elem_id="film",
        height=480,
        buttons=["download"],
        autoplay=True,
        visible=False,
    )

    def watched(name: str | None, path: str | None, most: float | None) -> Iterator[tuple[Any, Any]]:
        yield _("It begins …"), gr.Video(None, visible=False)
        model = model_of(workspace, name)
        try:
            for line, done in seen_on(workspace, model, path or "demo", min(most or 30, MOST_S)):
                yield line, gr.Video(str(done), visible=True) if done else gr.skip()
        except BaseException:  # gradio keeps it until the studio ends, for another model to watch
            if path:
                Path(path).unlink(missing_ok=True)
            raise

    start.click(saying_lines(watched), [run, clip, seconds], [said, film], show_progress="minimal")
