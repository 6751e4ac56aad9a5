"""Secrets come from the environment or a file that nobody else can read, and are said nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge import config
from edge.errors import ConfigError
from edge.settings import Config
from edge.telling.secrets import Secrets

SENTINEL = "S3ntinel-never-seen"
TEXT = f"""
notify:
  teachers: "mailto://garden:{SENTINEL}@school.example"
mqtt_password: "{SENTINEL}"
"""


def written(folder: Path, text: str = TEXT, mode: int = 0o600) -> Path:
    path = folder / "secrets.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_they_are_read_from_a_file_of_ones_own(tmp_path: Path) -> None:
    secrets = Secrets(written(tmp_path), {})
    assert secrets.address("teachers") == f"mailto://garden:{SENTINEL}@school.example"
    assert secrets.mqtt_password == SENTINEL


def test_the_environment_goes_first_and_needs_no_file(tmp_path: Path) -> None:
    given = {"GARDENWATCH_NOTIFY_TEACHERS": "json://localhost", "GARDENWATCH_MQTT_PASSWORD": "other"}
    for path in (written(tmp_path), tmp_path / "none.yaml"):
        secrets = Secrets(path, given)
        assert (secrets.address("teachers"), secrets.mqtt_password) == ("json://localhost", "other")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_may_read_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path, mode=mode)
    with pytest.raises(ConfigError) as error:
        Secrets(path, {})
    assert error.value.found == f"a file that others may read (mode {mode:o})"
    assert error.value.todo == f"type: chmod 600 {path}"
    assert error.value.exit_code == 78


@pytest.mark.parametrize(
    "text",
    [
        f"notify: {SENTINEL}",
        f"notify: {{teachers: [{SENTINEL}]}}",
        f"notify: {{'Not a name {SENTINEL}': x}}",
        f"{SENTINEL}: x",
        f"mqtt_password: [{SENTINEL}]",
        f"- {SENTINEL}",
        f"a: b: {SENTINEL}",
        f"mqtt_password: *{SENTINEL}",
    ],
)
def test_a_fault_in_the_file_is_told_without_its_content(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as error:
        Secrets(written(tmp_path, text), {})
    assert SENTINEL not in str(error.value)
    assert error.value.__cause__ is None, "nor in what a traceback would add"


def test_a_missing_address_names_the_variable_and_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        Secrets(tmp_path / "secrets.yaml", {}).address("phone")
    assert "GARDENWATCH_NOTIFY_PHONE" in error.value.found
    assert "secrets.yaml" in error.value.found


def test_an_address_in_the_configuration_is_refused_and_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(f'mqtt: {{host: "garden:{SENTINEL}@broker"}}\n', encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        config.read(path)
    assert SENTINEL not in str(error.value)


def test_the_file_stands_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("language: en\n", encoding="utf-8")
    written(tmp_path)
    settings = config.read(tmp_path / "c.yaml")
    assert settings.secrets == tmp_path / "secrets.yaml"
    assert SENTINEL not in config.show(settings)
    assert Config().secrets == Path("secrets.yaml")
