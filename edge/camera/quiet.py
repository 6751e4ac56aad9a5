"""Keeps OpenCV's chatter off the terminal, so that our own messages are seen."""

from __future__ import annotations

import os

import cv2

FFMPEG_SILENT = "-8"
"""AV_LOG_QUIET of libavutil; OpenCV hands the variable to FFmpeg at the first opening."""


def hush() -> None:
    """FFmpeg and OpenCV stay silent about what we report ourselves, unless the environment asks to hear them."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", FFMPEG_SILENT)
    if "OPENCV_LOG_LEVEL" not in os.environ:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
