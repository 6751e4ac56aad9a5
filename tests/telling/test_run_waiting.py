"""A watcher whose messages find no way says how many wait, and where it is asked."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path

import pytest

from edge.heartbeat import FILE
from edge.store import outbox
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from tests.films import walking_dot
from tests.model.tiny import colour_model
from tests.programs import Daemon
from tests.rigs.ports import free_port
from tests.store.visits import SETTINGS, run

pytest.importorskip("apprise", reason="apprise is not installed: pip install 'gardenwatch[notify]'")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the service runs on Linux")

SENTINEL = "S3ntinel-never-seen"


def test_the_status_line_and_the_heartbeat_say_how_many_messages_wait(tmp_path: Path) -> None:
    """And neither they, nor what is printed and logged at its most talkative, give an address away."""
    walking_dot(tmp_path / "dot.avi")
    colour_model(tmp_path / "colours.onnx")
    (tmp_path / "secrets.yaml").write_text(f"notify: {{phone: 'json://{SENTINEL}@127.0.0.1:{free_port()}/'}}\n")
    (tmp_path / "secrets.yaml").chmod(0o600)
    (tmp_path / "c.yaml").write_text("model: {path: colours.onnx}\ndata: data\nnotify: {to: [phone]}\n")
    with Store.open(tmp_path / "data", SETTINGS, run()), closing(connect(tmp_path / "data" / DATABASE)) as db:
        days = [(f"2026-04-{number:02}",) for number in range(1, 21)]
        db.executemany("INSERT INTO outbox (channel, kind, ref) VALUES ('phone', 'digest', ?)", days)
    with Daemon("--config", tmp_path / "c.yaml", "--source", tmp_path / "dot.avi", "--realtime") as daemon:
        daemon.tells_systemd("20 messages wait")
        daemon.says("cannot tell channel=phone")
        daemon.stop()
    beat = (tmp_path / "data" / FILE).read_text("utf-8")
    assert json.loads(beat)["messages_waiting"] == 20
    assert "cannot tell channel=phone" in json.loads(beat)["last_error"]["text"]
    with closing(connect(tmp_path / "data" / DATABASE)) as db:
        assert [row[:2] for row in outbox.queues(db)] == [("phone", 20)], "nothing was lost"
    for text in (*daemon.said, beat):
        assert SENTINEL not in text
