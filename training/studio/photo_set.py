"""Opens a folder of photos: looks whether it is right, splits it where it is not split yet, shows what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training.check.check import check
from training.check.fault import Fault, told
from training.errors import TrainingError, UsageError
from training.language import _
from training.layout import SPLITS, PreparedSet, is_prepared, read_prepared
from training.page import Html, bars, element, figure, folded, heading, page, paragraph, sheet, table, thumbnail
from training.pictures import UnreadablePicture
from training.prepare import prepare
from training.report.set_page import LOPSIDED
from training.studio.workspace import Workspace, plain_name

SHOWN_OF_CLASS = 24
"""Three lines of eight: enough to see what the class is like; the report of `prepare` shows more."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The set to train on, and a page about it."""

    dataset: Path
    classes: tuple[str, ...]
    photos: int
    errors: int
    html: str


def open_folder(folder: Path, workspace: Workspace) -> Opened:
    """A split set is taken as it is; other photos are split into the workspace, and never changed.

    Raises TrainingError for what cannot be trained on.
    """
    if not str(folder).strip(" ."):
        raise UsageError(_("a folder of photos"), _("no path"), _("type the path of the folder, such as C:\\photos"))
    checked = check(folder)
    dataset = folder
    if not is_prepared(folder):
        dataset = workspace.sets / plain_name(folder.resolve().name)
        prepare(folder, dataset, force=dataset.exists())
    prepared = read_prepared(dataset)
    workspace.choose(dataset, folder)
    errors = sum(fault.severity == "error" for fault in checked.faults)
    photos = sum(len(prepared.photos[split]) for split in SPLITS)
    return Opened(dataset.resolve(), prepared.classes, photos, errors, _page(prepared, checked.faults))


def up_to_date(workspace: Workspace) -> Path:
    """The chosen set, made anew where photos were moved since."""
    dataset = workspace.dataset()
    photos, changed = workspace.photos()
    if changed and photos != dataset:
        prepare(photos, dataset, force=True)
        workspace.choose(dataset, photos)
    return dataset


def _page(prepared: PreparedSet, faults: Sequence[Fault]) -> str:
    counts = {split: Counter(photo.label for photo in prepared.photos[split]) for split in SPLITS}
    total = sum(counts.values(), Counter())
    rows = [[name, *(counts[split][name] for split in SPLITS), total[name]] for name in prepared.classes]
    return page(
        _("Data set: {name}").format(name=prepared.root.resolve().name),
        *_told(faults),
        heading(_("How many photos each class has")),
        bars([(name, total[name]) for name in prepared.classes]),
        *_balance(total, prepared.classes),
        table([_("class"), _("training"), _("validation"), _("test"), _("all")], rows),
        heading(_("What the classes look like")),
        *(_contact_sheet(prepared, name) for name in prepared.classes),
    )


def _told(faults: Sequence[Fault]) -> list[Html]:
    lines = told(faults)
    if not lines:
        return [paragraph(_("the format is right."), css="good")]
    items = element("ul", *(element("li", line) for line in lines))
    return [heading(_("What to look at")), items]


def _balance(total: Counter[str], classes: tuple[str, ...]) -> list[Html]:
    most = max(total.values())
    few = [name for name in classes if total[name] * LOPSIDED < most]
    if not few:
        return []
    text = _("Hardly any photos beside the largest class: {names}. Such classes are hardly ever named; add photos.")
    return [paragraph(text.format(names=", ".join(few)), css="bad")]


def _contact_sheet(prepared: PreparedSet, name: str) -> Html:
    mine = [photo.path for split in SPLITS for photo in prepared.photos[split] if photo.label == name]
    shown = mine[:: max(1, -(-len(mine) // SHOWN_OF_CLASS))]
    figures = []
    for path in shown:
        try:
            figures.append(figure(thumbnail(path), element("small", path.name)))
        except UnreadablePicture as error:
            figures.append(element("small", f"{path.name}: {error}"))
    title = _("{name}: {shown} of {count}").format(name=name, shown=len(shown), count=len(mine))
    return folded(title, sheet(figures), is_open=True)


def counted(dataset: Path) -> str:
    """One line on the set that is chosen."""
    try:
        prepared = read_prepared(dataset)
    except TrainingError as error:
        return str(error)
    text = _("{name}: {photos} photos of {count} classes ({classes})")
    photos = sum(len(prepared.photos[split]) for split in SPLITS)
    names = ", ".join(prepared.classes)
    return text.format(name=dataset.name, photos=photos, count=len(prepared.classes), classes=names)
