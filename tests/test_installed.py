"""A model is installed whole or not at all, whenever the power goes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge.assets import DEFAULT_MODEL
from edge.errors import ConfigError, UsageError
from edge.installed import CHOICE, InstalledModels, model_file
from edge.model.card import read_card
from edge.settings import Config, ModelSettings
from tests.conftest import PROJECT
from tests.model.tiny import COLOURS, colour_model

INTERRUPTED = """
import os, sys
from pathlib import Path
from edge.installed import InstalledModels
from edge.model.card import read_card

data, file, steps = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

def die(event, args):
    global steps
    if event in ("open", "os.rename", "os.remove", "os.mkdir") and str(data) in str(args[0]):
        steps -= 1
        if steps == 0:
            os._exit(9)

sys.addaudithook(die)
InstalledModels(data).install(file, read_card)
"""
"""Ends as if the power went, at the n-th step that touches the folder."""


@pytest.fixture
def models(tmp_path: Path) -> InstalledModels:
    (tmp_path / "data").mkdir()
    return InstalledModels(tmp_path / "data")


def present(models: InstalledModels) -> Path:
    return model_file(Config(data=models.folder.parent))


def test_the_bundled_model_watches_until_one_is_installed(models: InstalledModels, tmp_path: Path) -> None:
    assert present(models) == DEFAULT_MODEL
    mine = colour_model(tmp_path / "mine.onnx")
    assert models.install(mine, read_card)
    assert present(models).read_bytes() == mine.read_bytes()
    mine.unlink()  # a stick that is pulled
    assert read_card(present(models)).model_id == "colours-1"


def test_the_configuration_goes_before_what_is_installed(models: InstalledModels, tmp_path: Path) -> None:
    models.install(colour_model(tmp_path / "mine.onnx"), read_card)
    other = tmp_path / "other.onnx"
    assert model_file(Config(data=models.folder.parent, model=ModelSettings(path=other))) == other


def test_the_one_before_comes_back_and_goes_again(models: InstalledModels, tmp_path: Path) -> None:
    first = colour_model(tmp_path / "a.onnx")
    second = colour_model(tmp_path / "b.onnx", COLOURS[::-1])
    models.install(first, read_card)
    models.install(second, read_card)
    models.roll_back(read_card)
    assert present(models).read_bytes() == first.read_bytes()
    models.roll_back(read_card)
    assert present(models).read_bytes() == second.read_bytes()


def test_before_the_first_comes_the_bundled_one(models: InstalledModels, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="install one first"):
        models.roll_back(read_card)
    models.install(colour_model(tmp_path / "a.onnx"), read_card)
    models.roll_back(read_card)
    assert present(models) == DEFAULT_MODEL


def test_two_are_kept_and_older_ones_go(models: InstalledModels, tmp_path: Path) -> None:
    for number in range(4):
        models.install(colour_model(tmp_path / "a.onnx", self_test=(0.1 * number, 0, 0)), read_card)
    assert len(list(models.folder.glob("*.onnx"))) == 2
    assert len(list(models.folder.iterdir())) == 3


def test_the_same_one_again_changes_nothing(models: InstalledModels, tmp_path: Path) -> None:
    mine = colour_model(tmp_path / "a.onnx")
    models.install(mine, read_card)
    before = models.choice()
    assert not models.install(mine, read_card)
    assert models.choice() == before
    assert len(list(models.folder.iterdir())) == 2


def test_what_is_refused_leaves_nothing_behind(models: InstalledModels, tmp_path: Path) -> None:
    models.install(colour_model(tmp_path / "a.onnx"), read_card)
    before = {path.name: path.read_bytes() for path in models.folder.iterdir()}

    def refuse(_path: Path) -> None:
        raise ConfigError("a", "b", "c")

    with pytest.raises(ConfigError):
        models.install(colour_model(tmp_path / "b.onnx", COLOURS[::-1]), refuse)
    assert {path.name: path.read_bytes() for path in models.folder.iterdir()} == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"present": "../../x.onnx"}', '{"present": 3}', '{"now": "a"}'])
def test_a_damaged_choice_is_named_and_the_next_installation_mends_it(
    models: InstalledModels, tmp_path: Path, text: str
) -> None:
    mine = colour_model(tmp_path / "a.onnx")
    models.install(mine, read_card)
    (models.folder / CHOICE).write_text(text)
    with pytest.raises(ConfigError, match="install a model again"):
        present(models)
    assert models.install(mine, read_card)
    assert present(models).read_bytes() == mine.read_bytes()


def test_a_cut_at_any_step_leaves_the_old_model_or_the_new_one(models: InstalledModels, tmp_path: Path) -> None:
    old = colour_model(tmp_path / "old.onnx")
    new = colour_model(tmp_path / "new.onnx", COLOURS[::-1])
    models.install(old, read_card)
    seen, steps = [], 0
    code = 9
    while code == 9:
        steps += 1
        done = subprocess.run(
            [sys.executable, "-c", INTERRUPTED, str(models.folder.parent), str(new), str(steps)],
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
            check=False,
        )
        code = done.returncode
        seen.append(present(models).read_bytes())
        models.roll_back(read_card) if seen[-1] != old.read_bytes() else None
    assert code == 0
    assert steps > 4, "it was cut off at several steps"
    assert set(seen) == {old.read_bytes(), new.read_bytes()}
    models.install(new, read_card)
    assert not list(models.folder.glob("*.part")), "leftovers go with the next one"


@pytest.mark.parametrize("damage", ["cut off", "one bit", "gone"])
def test_a_file_that_is_damaged_later_is_set_aside_and_the_one_before_watches(
    models: InstalledModels, tmp_path: Path, damage: str
) -> None:
    first = colour_model(tmp_path / "a.onnx")
    models.install(first, read_card)
    models.install(colour_model(tmp_path / "b.onnx", COLOURS[::-1]), read_card)
    assert models.set_damaged_aside() is None, "all is well"
    spoil(present(models), damage)
    name = present(models).name
    assert models.set_damaged_aside() == name
    assert present(models).read_bytes() == first.read_bytes()
    assert (models.folder / f"{name}.damaged").exists() == (damage != "gone")
    assert models.set_damaged_aside() is None, "it is told once"


def test_where_both_are_damaged_the_bundled_one_watches(models: InstalledModels, tmp_path: Path) -> None:
    for labels in (COLOURS, COLOURS[::-1]):
        models.install(colour_model(tmp_path / "a.onnx", labels), read_card)
    for file in models.folder.glob("*.onnx"):
        spoil(file, "cut off")
    assert models.set_damaged_aside()
    assert present(models) == DEFAULT_MODEL


def spoil(file: Path, how: str) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(content if how == "one bit" else content[:100])
