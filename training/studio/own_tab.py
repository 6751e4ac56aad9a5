"""The part of the photos' tab where a set is made: photos dropped per class, or taken with the webcam."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from training.language import _, _n
from training.page import bars
from training.studio.file_field import file_field
from training.studio.message import saying
from training.studio.own_photos import OwnPhotos
from training.studio.series import EVERY_S, Series
from training.studio.workspace import Workspace


def own_tab(workspace: Workspace, opened: Callable[[str], tuple[str, str]], outputs: list[Any]) -> Any:
    """`opened` checks and chooses a folder, and fills `outputs`. Returns the field with the set's name."""
    with gr.Row(equal_height=True):
        name = gr.Dropdown(
            workspace.own_sets(), value=_("my photos"), allow_custom_value=True, elem_id="own-set",
            label=_("Name of the set"), info=_("You can go on with an older one."),
        )  # fmt: skip
        label = gr.Dropdown(
            [], value="", allow_custom_value=True, elem_id="own-class",
            label=_("Class"), info=_("What is on the photos that you add now, such as bee."),
        )  # fmt: skip
    with gr.Row():
        files = file_field(
            label=_("Drop photos of this class here"), file_count="multiple", height=260, elem_id="own-files"
        )
        camera = gr.Image(
            label=_("or take them: two photos a second while it records"), sources=["webcam"], streaming=True,
            type="numpy", height=260, elem_id="own-camera", buttons=[],
            webcam_options=gr.WebcamOptions(mirror=False),
        )  # fmt: skip
    said = gr.Markdown(elem_id="own-said")
    counts = gr.HTML(value=lambda: _counted(workspace, _("my photos")), elem_id="own-counts")
    with gr.Row():
        undo = gr.Button(_("Take the last ones back"), elem_id="own-undo")
        use = gr.Button(_("Check and use these photos"), variant="primary", elem_id="own-use")
    latest = gr.State(Series())

    def dropped(wanted: str, to: str, paths: list[str] | None) -> tuple[Any, ...]:
        uploads = [Path(path) for path in paths or ()]
        try:
            added = OwnPhotos(workspace.own(wanted)).add_files(to, uploads)
        finally:
            for path in uploads:  # gradio keeps what was uploaded until the studio ends
                path.unlink(missing_ok=True)
        return None, added.words(to), _counted(workspace, wanted), Series(to, tuple(added.paths))

    def taken(wanted: str, to: str, frame: NDArray[np.uint8] | None, had: Series) -> tuple[Any, ...]:
        if frame is None:
            return gr.skip(), gr.skip(), had
        now_s = time.monotonic()
        if had.is_too_soon(to, now_s):  # the browser sends them as they come
            return gr.skip(), gr.skip(), had
        if had.is_full(to, now_s):
            enough = _("{count} photos taken of {label}: enough for one series. Stop; a moment later you can go on.")
            return enough.format(count=len(had.paths), label=to), gr.skip(), had.seen(now_s)
        series = had.taken(to, OwnPhotos(workspace.own(wanted)).add_picture(to, frame), now_s)
        text = _n("{count} photo taken of {label}.", "{count} photos taken of {label}.", len(series.paths)).format(
            count=len(series.paths), label=to
        )
        return text, _counted(workspace, wanted), series

    def taken_back(wanted: str, had: Series) -> tuple[Any, ...]:
        count = OwnPhotos(workspace.own(wanted)).take_back(had.paths)
        return (
            _n("{count} photo taken back.", "{count} photos taken back.", count).format(count=count),
            _counted(workspace, wanted),
            Series(),
        )

    def used(wanted: str) -> tuple[str, str]:
        own = OwnPhotos(workspace.own(wanted))
        if own.classes():
            own.write_class_list()
        return opened(str(own.root))

    files.upload(
        saying(dropped), [name, label, files], [files, said, counts, latest],
        trigger_mode="multiple",  # what is dropped while others are looked at comes in after them
    )  # fmt: skip
    camera.stream(
        saying(taken), [name, label, camera, latest], [said, counts, latest],
        stream_every=EVERY_S, time_limit=None, concurrency_limit=1, show_progress="hidden",
    )  # fmt: skip
    undo.click(saying(taken_back), [name, latest], [said, counts, latest])
    use.click(saying(used), name, outputs)
    name.input(saying(lambda wanted: _counted(workspace, wanted)), name, counts, trigger_mode="always_last")
    gr.on(
        [name.input, counts.change], saying(lambda wanted: _known(workspace, wanted)), name, label,
        trigger_mode="always_last",
    )  # fmt: skip
    return name


def _counted(workspace: Workspace, name: str) -> str:
    classes = OwnPhotos(workspace.own(name)).classes()
    return bars(list(classes.items())) if classes else ""


def _known(workspace: Workspace, name: str) -> Any:
    """The choices only: by now another class may be typed there."""
    return gr.Dropdown(choices=list(OwnPhotos(workspace.own(name)).classes()))
