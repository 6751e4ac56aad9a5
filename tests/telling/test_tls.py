"""A broker behind TLS: whom it is that answers is looked at."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from edge.settings import Config
from edge.telling.opening import broker_of
from tests.rigs.mosquitto import Mosquitto

pytestmark = [
    pytest.mark.system,
    # paho leaves the socket of a handshake that failed to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Of 127.0.0.1, signed by itself; and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=garden"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    name = ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*words.split(), *files, *name], check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


def tried(folder: Path, port: int, **mqtt: object) -> str:
    """Why it does not work; nothing where it does."""
    values = {"host": "127.0.0.1", "port": port, "device": "g1", "tls": True, **mqtt}
    return broker_of(
        Config.model_validate({"data": str(folder), "mqtt": values, "secrets": str(folder / "none")}), {}
    ).try_out()


def test_only_a_broker_whose_authority_is_known_is_told(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    with Mosquitto(tmp_path / "broker", more=[f"certfile {cert}", f"keyfile {key}"]) as broker:
        assert tried(tmp_path, broker.port, ca=str(cert)) == ""
        assert "certificate verify failed" in tried(tmp_path, broker.port)
        assert "No such file" in tried(tmp_path, broker.port, ca=str(tmp_path / "none.pem"))
        assert tried(tmp_path, broker.port, tls=False) != "", "it speaks TLS only"


def test_a_broker_without_tls_is_not_told_where_tls_is_asked_for(tmp_path: Path) -> None:
    with Mosquitto(tmp_path / "broker") as broker:
        assert tried(tmp_path, broker.port) != ""
        assert tried(tmp_path, broker.port, tls=False) == ""
