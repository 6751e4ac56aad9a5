"""The documents are true: what they tell to type exists, what they call a default is one."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from edge import config
from edge.cli import cli
from edge.settings import Config
from tests.conftest import PROJECT

DOCUMENTS = [
    *("README.md", "README.zh-CN.md", "edge/README.md", "training/README.md"),
    *("deploy/README.md", "deploy/README.zh-CN.md", "training/LESSONS.md", "training/LESSONS.zh-CN.md"),
]


def commands(name: str, document: str) -> list[list[str]]:
    """Every command line of that program in the document's code blocks."""
    blocks = re.findall(r"```(?:sh|bat)\n(.*?)```", (PROJECT / document).read_text("utf-8"), re.S)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    words = [shlex.split(line.replace("\\", "/")) for line in lines if line]
    return [line[1:] for line in words if line[0].split("/")[-1] == name]


def complaint(root: click.Group, words: list[str]) -> str | None:
    """Why the program would refuse that line as typed; None where it would not."""
    command: click.Command = root
    try:
        while isinstance(command, click.Group):
            if command.invoke_without_command and (not words or words[0].startswith("-")):
                break
            context = click.Context(command)
            _name, command_or_none, words = command.resolve_command(context, words)
            assert command_or_none is not None
            command = command_or_none
        command.make_context(command.name, list(words))
    except click.UsageError as error:
        return error.format_message()
    return None


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_gardenwatch_line_of_the_documents_can_be_typed(document: str) -> None:
    lines = commands("gardenwatch", document)
    assert lines or document != "README.md"
    assert {" ".join(line): complaint(cli, line) for line in lines if complaint(cli, line)} == {}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_training_line_of_the_documents_can_be_typed(document: str) -> None:
    pytest.importorskip("torch", reason="the training side is not installed: pip install -e '.[training]'")
    from training.commands import group as training_cli

    lines = commands("gardenwatch-train", document)
    assert lines or document not in ("README.md", "training/README.md")
    assert {" ".join(line): complaint(training_cli, line) for line in lines if complaint(training_cli, line)} == {}


def test_the_example_configuration_states_the_defaults() -> None:
    path = PROJECT / "deploy" / "gardenwatch.yaml"
    said = yaml.safe_load(path.read_text("utf-8"))
    assert config.read(path).board.kind == "pinpong"
    said["board"]["kind"], said["site"]["name"], said["camera"]["source"] = "none", None, "0"  # examples, not defaults
    del said["data"]
    real = yaml.safe_load(config.show(Config()))
    assert differences(said, real) == []


@pytest.mark.parametrize("document", ["README.md", "README.zh-CN.md"])
def test_the_configuration_in_the_documents_can_be_read(document: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (PROJECT / document).read_text("utf-8"), re.S)
    settings = [block for block in blocks if not block.startswith("masks:")]
    whole = "".join(block for block in settings if "first slug" not in block)
    (tmp_path / "c.yaml").write_text(whole, encoding="utf-8")
    assert [rule.per_day for rule in config.read(tmp_path / "c.yaml").rules] == [20, None]
    (told,) = (block for block in settings if "first slug" in block)
    (tmp_path / "c.yaml").write_text("notify: {to: [teachers]}\n" + told, encoding="utf-8")
    assert config.read(tmp_path / "c.yaml").rules[0].do.notify == ["teachers"]


def differences(said: dict[str, object], real: dict[str, object], prefix: str = "") -> list[str]:
    found = []
    for key, value in said.items():
        other = real[key]
        if isinstance(value, dict) and isinstance(other, dict):
            found += differences(value, other, f"{prefix}{key}.")
        elif value != other:
            found.append(f"{prefix}{key}: said {value}, is {other}")
    return found


def test_the_make_targets_of_the_readme_exist() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (PROJECT / "README.md").read_text("utf-8"), re.M))
    assert {"demo", "test"} <= named
    missing = {name for name in named if not re.search(rf"^{name}:", makefile, re.M)}
    assert missing == set()


def test_links_between_the_documents_lead_somewhere() -> None:
    broken = []
    for document in DOCUMENTS:
        folder = (PROJECT / document).parent
        for link in re.findall(r"\]\(([^)#:]+)\)", (PROJECT / document).read_text("utf-8")):
            if not (folder / link).exists():
                broken.append(f"{document}: {link}")
    assert broken == []


def test_the_project_names_no_path_of_a_machine() -> None:
    """What is built here must run anywhere."""
    suspicious = re.compile(r"(?<![\w.])/(?:work|farm|root|home/\w+)/")
    texts = [p for p in PROJECT.rglob("*") if p.suffix in {".py", ".md", ".yaml", ".toml", ".sh"} and _ours(p)]
    assert texts
    assert [str(path) for path in texts if suspicious.search(path.read_text("utf-8"))] == []


def _ours(path: Path) -> bool:
    parts = path.relative_to(PROJECT).parts
    return not any(part.startswith(".") or part in {"build", "gardenwatch-data", "runs"} for part in parts)


@pytest.mark.parametrize("part", ["rigs", "review"])
def test_every_test_that_a_document_names_exists(part: str) -> None:
    named = set(re.findall(r"`(test_\w+)`", (PROJECT / "tests" / part / "README.md").read_text("utf-8")))
    assert named
    written = "".join(path.read_text("utf-8") for path in (PROJECT / "tests").rglob("test_*.py"))
    assert {name for name in named if f"def {name}(" not in written} == set()
