"""The part of the tab of use that watches a clip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from training.language import _
from training.studio.clip import MOST_S, seen_on
from training.studio.message import saying_lines
from training.studio.model_files import model_of
from training.studio.workspace import Workspace


def clip_tab(workspace: Workspace, run: Any) -> None:
    """`run` is the field with the training."""
    with gr.Row(equal_height=True):
        clip = gr.File(label=_("A film (none: the drawn garden)"), height=160, elem_id="clip-file")
        seconds = gr.Number(
            30, label=_("Seconds of it"), minimum=1, maximum=MOST_S, elem_id="clip-seconds",
            info=_("Watching takes about as long as the film."),
        )  # fmt: skip
        start = gr.Button(_("Watch it"), variant="primary", elem_id="watch-clip")
    said = gr.Markdown(elem_id="clip-said")
    film = gr.Video(
        label=_("What it sees"), interactive=False, elem_id="film", height=480, buttons=["download"], autoplay=True
    )

    def watched(name: str | None, path: str | None, most: float | None) -> Iterator[tuple[Any, Any]]:
        yield _("It begins …"), None
        for line, done in seen_on(workspace, model_of(workspace, name), path or "demo", min(most or 30, MOST_S)):
            yield line, str(done) if done else gr.skip()
        if path:
            Path(path).unlink(missing_ok=True)

    start.click(saying_lines(watched), [run, clip, seconds], [said, film], show_progress="minimal")
