"""The field for files that are dropped."""

from __future__ import annotations

from typing import Any

import gradio as gr


def file_field(**choices: Any) -> Any:
    """A gr.File that gives the paths of what came, or the path where it takes one.

    gradio's own reading makes an empty file besides for each, and leaves it (6.31: File._process_single_file).
    """
    field = gr.File(**choices)
    field.preprocess = _paths
    return field


def _paths(payload: Any) -> list[str] | str | None:
    if payload is None:
        return None
    return [one.path for one in payload.root] if hasattr(payload, "root") else str(payload.path)
