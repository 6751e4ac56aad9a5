"""A free port for a server that is stopped and started again while others try to reach it."""

from __future__ import annotations

import random
import socket

FIRST, LAST = 10_000, 32_000
"""Below those that Linux gives to callers (from 32768): who knocks at a closed port above may be given that very port
for its own end, is then connected with itself, and the server cannot come back."""


def free_port() -> int:
    """One of 127.0.0.1 that nobody listens at now."""
    for port in random.SystemRandom().sample(range(FIRST, LAST), 100):
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {FIRST} to {LAST}")
