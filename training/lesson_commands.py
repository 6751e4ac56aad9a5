"""The command that goes through the lesson."""

from __future__ import annotations

from pathlib import Path

import click

from training.errors import UsageError
from training.group import FOLDER, group
from training.language import _
from training.train_commands import BACKBONE_NAMES


@group.command(
    help=_(
        "Go through the lesson with your PHOTOS: check, split, learn, ask, camera and lamp. Each step is told before "
        "it is done, with XEdu's way. It leaves a folder of small programs to change, each of which runs alone."
    )
)
@click.argument("photos", type=FOLDER)
@click.option("--out", type=FOLDER, default=Path("lesson"), show_default=True, help=_("The folder that is made."))
@click.option("--backbone", type=click.Choice(BACKBONE_NAMES), default="mobilenet_v2", show_default=True)
@click.option("--weights", help=_("Start weights: imagenet (downloaded once), a file, or none."))
@click.option("--epochs", type=click.IntRange(1), default=5, show_default=True)
@click.option("--wait", is_flag=True, help=_("Wait for Enter before each step."))
@click.option("--only-write", is_flag=True, help=_("Split the photos and write the programs; run none of them."))
def lesson(
    photos: Path, out: Path, backbone: str, weights: str | None, epochs: int, wait: bool, only_write: bool
) -> None:
    """Typed again after a fault, it takes the split as it is."""
    from training.course.choices import Choices
    from training.course.lesson import WRITING, expect_photos, steps
    from training.studio.code import FROM_NOTHING

    expect_photos(photos)
    if out.resolve() == photos.resolve() or photos.resolve() in out.resolve().parents:
        raise UsageError(_("an output folder outside the photos"), str(out), _("choose another output folder"))
    file = Path(weights).resolve().as_posix() if weights and Path(weights).is_file() else weights
    chosen = Choices(backbone, file or ("none" if backbone in FROM_NOTHING else "imagenet"), epochs)
    out.mkdir(parents=True, exist_ok=True)
    for number, step in enumerate(steps(photos, out, chosen), 1):
        if only_write and number > WRITING:
            break
        click.echo()
        click.secho(_("Step {number}: {title}").format(number=number, title=step.title), bold=True)
        click.echo(f"  $ {step.typed}")
        click.echo(f"  # {step.xedu}")
        if wait:
            click.prompt(_("Enter goes on"), default="", show_default=False, prompt_suffix=" ")
        step.do()
    click.echo()
    click.secho(_("The folder {path} is yours: read README.md there, change the programs, run them.").format(path=out))
