"""The group that every command of `gardenwatch-train` joins."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import click

from edge.model.errors import ModelError
from training.errors import TrainingError, in_words
from training.language import _

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
NOT_WRITABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENAMETOOLONG, *FULL})
"""What a person can mend: rights, a read-only disk, a file where a folder should be, a name too long, a full disk or
one's own part of it."""
EXTRAS = {
    "training": ("torch", "torchvision", "onnx", "matplotlib", "tqdm"),
    "training,studio": ("gradio", "fastapi", "uvicorn"),
}
"""What to install, by what is missing."""
FOLDER = click.Path(path_type=Path)


class Group(click.Group):
    """Says errors in one line, with the status that tells a typing error (2) from a failure (1)."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (TrainingError, ModelError) as error:
            click.echo(_("error: ") + in_words(error), err=True)
            ctx.exit(getattr(error, "exit_code", 1))
        except OSError as error:
            told = _not_writable(error)
            if told is None:
                raise
            click.echo(_("error: ") + told, err=True)
            ctx.exit(1)
        except ModuleNotFoundError as error:
            name = (error.name or "").partition(".")[0]
            extra = next((extra for extra, names in EXTRAS.items() if name in names), None)
            if extra is None:
                raise
            todo = _("the package {name} is missing; type: pip install 'gardenwatch[{extra}]'")
            click.echo(_("error: ") + todo.format(name=error.name, extra=extra), err=True)
            ctx.exit(1)


def _not_writable(error: OSError) -> str | None:
    """What to do about it; None where a person cannot help. What fails while it is written has no name of a file."""
    if error.errno in NOT_WRITABLE and error.filename:
        todo = _("{path}: {reason}; choose another folder, change its rights, or make room")
        return todo.format(path=error.filename, reason=error.strerror)
    if error.errno in FULL:
        text = _("expected {expected}; found {found}; {todo}")
        todo = _("make room, and run it again")
        return text.format(expected=_("room on the disk"), found=error.strerror, todo=todo)
    return None


@click.group(cls=Group, help=_("From a folder of photos to a model file for the garden camera."))
@click.option("--language", type=click.Choice(["auto", "en", "zh-CN"]), default="auto", help=_("Language."))
@click.version_option(package_name="gardenwatch")
def group(language: str) -> None:
    """`language` was read before, by `training.cli`."""
