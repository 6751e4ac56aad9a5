"""The field for one photo, by upload or webcam."""

from __future__ import annotations

from typing import Any

import gradio as gr

from training.language import _


def photo_field(elem_id: str, height: int) -> Any:
    """Gives the path of the file as it came.

    gradio's own reading would end with its words where the file is no photo; ours says why, in the reader's language.
    """
    field = gr.Image(
        type="filepath", sources=["upload", "webcam"], label=_("A photo"), elem_id=elem_id, height=height
    )  # fmt: skip
    field.preprocess = lambda payload: payload.path if payload else None
    return field
