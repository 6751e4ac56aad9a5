"""What a person does on the studio's page."""

from __future__ import annotations

from pathlib import Path

from tests.programs import gardenwatch
from tests.review.web.driving import Person
from training.prepare import prepare
from training.recipe import Recipe
from training.run import Sources, run_training
from training.studio.workspace import Workspace

PHOTOS, NETWORK, CODE, TRAINING, UNDERSTAND, USE = range(6)


def waits(person: Person, css: str, text: str = "") -> None:
    def seen() -> bool:
        element = person.all(css)[0]
        return element.is_displayed() and text in element.text

    person._wait(seen, f"{css} {text}")


def goes_to(person: Person, tab: int, css: str) -> None:
    person.clicks("button[role=tab]", tab)
    waits(person, css)


def puts(person: Person, css: str, *files: Path) -> None:
    def put() -> bool:
        person.all(f"{css} input[type=file]")[0].send_keys("\n".join(map(str, files)))
        return True

    person._wait(put, css)


def chooses_lenet(person: Person) -> None:
    goes_to(person, NETWORK, "#epochs")
    person.types("#epochs input", "2")
    person.types("#batch-size input", "8")
    person.types("#backbone input", "lenet5\n")


def trained_in(folder: Path) -> Workspace:
    """A workspace beside the drawn photos, with a short training of theirs: for what comes after one."""
    workspace = Workspace(folder / "studio")
    workspace.make()
    assert gardenwatch("draw", folder / "drawn", "--per-class", 6).returncode == 0
    prepare(folder / "drawn", workspace.sets / "drawn")
    workspace.choose(workspace.sets / "drawn", folder / "drawn")
    recipe = Recipe(backbone="lenet5", weights="none", epochs=1, batch_size=8)
    run_training(Sources(workspace.dataset()), workspace.run("run1"), recipe)
    return workspace
