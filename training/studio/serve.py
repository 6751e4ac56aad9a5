"""Serves the studio on this computer until Ctrl-C or SIGTERM."""

from __future__ import annotations

import logging
import os
import signal
import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from training.errors import UsageError
from training.language import _
from training.studio.quick_start import without_stubs
from training.studio.training_process import TrainingProcess
from training.studio.uploads import uploads_folder
from training.studio.workspace import Workspace

HOST = "127.0.0.1"
CLOSES_WITHIN_S = 1
"""After Ctrl-C: an open page holds its line for ever, and would hold the studio."""
MOST_UPLOADED = "8gb"
"""What gradio takes at all, and refuses in English; each field has a limit of its own, told in the page's language."""


def serve(root: Path, port: int, language: str, told: Callable[[str], None], browser: bool = True) -> None:
    """Port 0 takes a free one; `told` gets the address once the page can be opened.

    Ctrl-C and SIGTERM end the process, as they do where nobody listens, but uploads go away before. At once: what
    Python tidies up takes seconds after torch, and meanwhile an open page would wait for answers that never come.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    try:
        _serve(root, port, language, told, browser)
    except _Ended as ended:
        signal.signal(ended.number, signal.SIG_DFL)
        signal.raise_signal(ended.number)


class _Ended(BaseException):
    """By that signal; nothing that is meant for errors catches it."""

    def __init__(self, number: int) -> None:
        self.number = number


def _end(number: int, _frame: FrameType | None) -> None:
    """While it serves, uvicorn takes the signals, closes, and then sends itself each again."""
    for other in (signal.SIGINT, signal.SIGTERM):
        signal.signal(other, signal.SIG_IGN)  # it ends already
    raise _Ended(number)


def _serve(root: Path, port: int, language: str, told: Callable[[str], None], browser: bool) -> None:
    workspace = Workspace(root.resolve())
    workspace.make()
    door = _free_door(port)
    with uploads_folder() as uploads:
        _quiet(uploads)
        with without_stubs():
            import gradio as gr  # reads the environment when it is imported
        import uvicorn
        from fastapi import FastAPI

        from training.studio.local_only import LocalOnly
        from training.studio.looks import css, theme
        from training.studio.page import build

        blocks = build(workspace, TrainingProcess(workspace.root, language))
        shown = [str(folder.resolve()) for folder in (workspace.models, workspace.films)]
        app = gr.mount_gradio_app(
            FastAPI(docs_url=None, redoc_url=None, openapi_url=None), blocks, "/",
            server_name=HOST, max_file_size=MOST_UPLOADED, allowed_paths=shown,
            enable_monitoring=False, ssr_mode=False, pwa=False, mcp_server=False, footer_links=[],
            theme=theme(), css=css(),
        )  # fmt: skip
        address = f"http://{HOST}:{door.getsockname()[1]}/"
        told(address)
        if browser:
            webbrowser.open(address)
        server = uvicorn.Server(
            uvicorn.Config(LocalOnly(app, language), log_level="warning", timeout_graceful_shutdown=CLOSES_WITHIN_S)
        )
        # It would tell of each line that was cut, at length.
        logging.getLogger("uvicorn.error").addFilter(lambda _record: not server.should_exit)
        server.run(sockets=[door])


def _free_door(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        expected = _("a free port {port}").format(port=port)
        todo = _("close the other studio, or give another --port")
        raise UsageError(expected, error.strerror or str(error), todo) from error


def _quiet(uploads: Path) -> None:
    """Nothing is told to anybody, nothing is asked for, and uploads go away with the studio."""
    os.environ |= {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_TEMP_DIR": str(uploads),
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "MPLBACKEND": "agg",
    }
