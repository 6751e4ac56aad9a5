"""The commands that measure models; they need no torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from tabulate import tabulate

from training.errors import TrainingError, UsageError
from training.group import FOLDER, group
from training.language import _
from training.safe_files import beside

if TYPE_CHECKING:
    from training.compare import Comparison
    from training.evaluate import Evaluation
    from training.layout import Photo

SPLIT = click.option("--split", type=click.Choice(["test", "val", "train"]), default="test", show_default=True)


@group.command(help=_("Measure a MODEL file on the test photos of DATASET, as the camera would run it."))
@click.argument("model", type=FOLDER)
@click.argument("dataset", type=FOLDER)
@SPLIT
@click.option("--out", type=FOLDER, help=_("Folder for the page index.html, figures.json, and every answer."))
@click.option("--stamp", is_flag=True, help=_("Write the figures into the model file."))
def evaluate(model: Path, dataset: Path, split: str, out: Path | None, stamp: bool) -> None:
    """A raw folder is measured whole."""
    from training.evaluate import evaluate as measure

    photos = _photos(dataset, split)
    if stamp:
        _expect_split(dataset)
    done = measure(model, photos)
    _tell_figures(done)
    if out is not None:
        from training.assessment import assessed, write_assessment
        from training.evaluation_page import write_evaluation_page

        assessment = assessed(model, done, photos, dataset)
        with beside(out) as part:
            write_assessment(assessment, part)
            write_evaluation_page(assessment, part / "index.html")
            out.mkdir(exist_ok=True)
            for path in sorted(part.iterdir()):
                path.replace(out / path.name)
        sizes = [[f"{row.px} px", f"{row.top1:.3f}", f"{row.macro_recall:.3f}"] for row in assessment.sizes]
        click.echo(tabulate(sizes, [_("photos reduced to"), "top-1", _("macro recall")], disable_numparse=True))
        click.echo(_("open {path} in a browser").format(path=out / "index.html"))
    if stamp:
        from training.export import stamp_metrics

        stamp_metrics(model, {"split": split, "photos": done.figures.photos, "top1": round(done.figures.top1, 4)})
        click.echo(_("figures written into {path}").format(path=model))


@group.command(help=_("Say whether model SECOND is really better or worse than FIRST on the test photos of DATASET."))
@click.argument("first", type=FOLDER)
@click.argument("second", type=FOLDER)
@click.argument("dataset", type=FOLDER)
@SPLIT
def compare(first: Path, second: Path, dataset: Path, split: str) -> None:
    """A paired test: both are asked about the same photos."""
    from training.compare import compare as measure

    _tell_comparison(measure(first, second, _photos(dataset, split), dataset))


def _expect_split(dataset: Path) -> None:
    """Raises UsageError: a file's figures are those of photos that were kept from its training."""
    from training.layout import is_prepared

    if not is_prepared(dataset):
        found = _("{path}, a raw folder").format(path=dataset)
        todo = _("run `gardenwatch-train prepare` first, or leave --stamp away")
        raise UsageError(_("a prepared set to stamp figures of"), found, todo)


def _photos(dataset: Path, split: str) -> tuple[Photo, ...]:
    """Raises TrainingError for a split without photos."""
    from training.layout import FOLDERS, is_prepared, read_prepared, read_raw

    if not is_prepared(dataset):
        return read_raw(dataset).photos
    photos = read_prepared(dataset).photos
    if not photos[split]:
        expected = _("photos in {folder}").format(folder=FOLDERS[split][0])
        other = next(name for name in ("test", "val", "train") if photos[name])
        todo = _("give --split {split}, or another set").format(split=other)
        raise TrainingError(expected, _("none in {path}").format(path=dataset), todo)
    return photos[split]


def _tell_comparison(done: Comparison) -> None:
    rows = [
        [_("both right"), done.both],
        [_("only the first right"), done.only_first],
        [_("only the second right"), done.only_second],
        [_("both wrong"), done.neither],
    ]
    click.echo(tabulate(rows, [_("answers"), _("photos")]))
    text = _("second minus first: {points:+.1f} points (interval of 95 %: {low:+.1f} to {high:+.1f})")
    low, high = (100 * limit for limit in done.interval)
    click.echo(text.format(points=100 * done.difference, low=low, high=high))
    chance = _("if both were equally good, a difference like this would come by chance in {p:.1%} of cases")
    click.echo(chance.format(p=done.p_value) + ": " + done.verdict)


def _tell_figures(done: Evaluation) -> None:
    figures = done.figures

    def part(value: float | None) -> str:
        return "-" if value is None else f"{value:.3f}"

    rows = [[f.label, f.photos, part(f.precision), part(f.recall), part(f.f1)] for f in figures.classes]
    head = [_("class"), _("photos"), _("precision"), _("recall"), "F1"]
    click.echo(tabulate(rows, head, disable_numparse=True))
    click.echo()
    marks = [str(i) for i in range(1, len(figures.labels) + 1)]
    matrix = [
        [f"{i} {label}", *row] for i, label, row in zip(marks, figures.labels, figures.confusion.tolist(), strict=True)
    ]
    click.echo(tabulate(matrix, [_("true class \\ answer"), *marks]))
    click.echo()
    for name, reason in done.left_out.items():
        click.echo(_("left out: {name} ({reason})").format(name=name, reason=reason), err=True)
    text = _("top-1 {top1:.4f} on {photos} photos, macro recall {recall:.4f}, calibration error {ece:.4f}")
    values = {"top1": figures.top1, "photos": figures.photos, "recall": figures.macro_recall, "ece": done.ece}
    click.echo(text.format(**values))
