"""Where the shared photos, clips and weights are, for all tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from edge.store import store

os.environ["GARDENWATCH_LANG"] = "en"  # the tests read what is said, whatever the developer speaks

PROJECT = Path(__file__).parents[1]

# A shell that starts the tests in the background has them ignore Ctrl-C, and so every program that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def patient() -> None:
    """The service has to stop within two seconds; a store that a test closes may wait for a busy disk."""
    store.CLOSE_S = 60.0


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data; skips the test where it is absent."""
    folder = (PROJECT / os.environ.get("GARDENWATCH_SHARED", "../shared")).resolve()
    if not (folder / "data" / "photos").is_dir():
        pytest.skip(
            f"no shared data at {folder}: set GARDENWATCH_SHARED to the folder that holds data/photos and data/clips"
        )
    return folder
