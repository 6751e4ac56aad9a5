"""Tells what BaseDT 0.1.3 and MMEdu 2.0.0 would refuse of a set, or read otherwise than it is meant.

All of it was read in their sources: BaseDT/dataset.py (`check_cls`, `split_dataset`), MMEdu's Classification_Edu.py
(`load_dataset`, `train`), imagenet.py of mmcls 0.20.0
(`find_folders`, `load_annotations`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from training.check.fault import Fault, error, warning
from training.check.folders import PARTS
from training.check.scene import Scene
from training.check.xedu_raw import check_raw
from training.language import _, _n
from training.layout import FOLDERS, read_text
from training.picture_facts import Facts

TRAINED_ON = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif"})
"""mmcls passes over other files."""
COUNTED = (".jpg", ".png")
"""BaseDT counts these, in small letters only."""
WANTED = {"train": 100, "val": 10}
"""BaseDT's check warns below these numbers of a class."""


def check_xedu(scene: Scene, facts: dict[str, Facts]) -> Iterator[Fault]:
    """An error is what they stop at or learn wrongly, a warning what a person should know."""
    yield from _class_list(scene)
    yield from _names(scene)
    if scene.first_part == "raw":
        yield from check_raw(scene)
    else:
        yield from _split(scene, facts)
    if len(scene.names) > 5:
        found = _("{count} classes: MMEdu then tells top-5 accuracy").format(count=len(scene.names))
        yield warning("classes.txt", found, _("give model.train(..., topk=(1,)), or it looks far better than it is"))


def _class_list(scene: Scene) -> Iterator[Fault]:
    listed = scene.root / "classes.txt"
    if scene.classes is None:
        if scene.first_part == "raw":
            yield error("classes.txt", _("missing: BaseDT stops"), _("write one class per line"))
        else:
            found = _('missing: BaseDT\'s check stops with "classes.txt缺失", MMEdu numbers the folders by name')
            yield error("classes.txt", found, _("write one class per line"))
        return
    data = listed.read_bytes()
    if data.startswith(b"\xef\xbb\xbf"):
        found = _("a byte order mark, which becomes part of the name {name}").format(name=(*scene.names, "")[0])
        yield error("classes.txt:1", found, _("save it as UTF-8 without BOM"))
    if not data.isascii():
        found = _("names that are not ASCII: read as GBK on Chinese Windows, as UTF-8 on a Raspberry Pi")
        yield warning("classes.txt", found, _("name the folders in English, or use the set on one system only"))
    for number, line in enumerate(read_text(listed).splitlines(), 1):
        if not line.strip():
            found = _("an empty line, which becomes a class without a name")
            yield error(f"classes.txt:{number}", found, _("take it out"))
        elif line not in scene.names:
            found = _('"{line}" is taken for the name of a class').format(line=line)
            yield error(f"classes.txt:{number}", found, _("write the names alone, without blanks around them"))
    if list(scene.names) != sorted(scene.names):
        first = next(i for i, name in enumerate(sorted(scene.names)) if scene.names[i] != name)
        text = _("not in alphabetical order: MMEdu learns {folder} as number {number}, and calls that {name}")
        found = text.format(folder=sorted(scene.names)[first], number=first, name=scene.names[first])
        yield error("classes.txt", found, _("`gardenwatch-train prepare` writes it in order"))


def _names(scene: Scene) -> Iterator[Fault]:
    for file in scene.pictures:
        suffix = Path(file.path).suffix.lower()
        if suffix not in TRAINED_ON:
            found = _("MMEdu passes over {suffix} files").format(suffix=suffix)
            yield warning(file.path, found, _("`gardenwatch-train prepare` writes it as JPEG"))
        if not file.path.isascii():
            found = _("a name that is not ASCII: OpenCV on Windows cannot open it, and MMEdu calls it damaged")
            yield warning(file.path, found, _("rename it with English letters and digits"))


def _split(scene: Scene, facts: dict[str, Facts]) -> Iterator[Fault]:
    for part, place in scene.parts.items():
        if place.name != FOLDERS[part][0]:
            todo = _("rename the folder to {name}").format(name=FOLDERS[part][0])
            yield error(place.name, _("not found under this name"), todo)
    for file in scene.pictures:
        if file.path not in facts and file.path.endswith(COUNTED):
            found = _("cannot be read: MMEdu stops with error code -201")
            yield error(file.path, found, _("delete the file, and its line in the list"))
    for part in ("train", "val"):
        yield from _part(scene, part)
    yield from _val_list(scene)
    if any(kind in str(scene.root.resolve()) for kind in ("jpg", "png")):
        found = _("jpg or png in the path: MMEdu then opens every file as a picture, and stops at manifest.csv")
        yield warning(str(scene.root), found, _("rename the folder"))


def _part(scene: Scene, part: str) -> Iterator[Fault]:
    place = scene.parts.get(part)
    folders = [p.name for p in place.iterdir() if p.is_dir()] if place else []
    for name in sorted(set(folders) - set(scene.names)):
        found = _("a folder that is no class, which shifts the numbers of those behind it")
        yield error(f"{PARTS[part]}/{name}", found, _("move it out of the set"))
    for name in scene.names:
        if name not in folders:
            found = _('missing: BaseDT\'s check stops with "{name}文件夹缺失"').format(name=name)
            yield error(f"{PARTS[part]}/{name}", found, _("make the folder, even where it stays empty"))
            continue
        mine = [file.path for file in scene.pictures if file.part == part and file.label == name]
        count = sum(path.endswith(COUNTED) for path in mine)
        if count < WANTED[part]:
            text = _n(
                "{count} photo that ends in .jpg or .png; BaseDT warns below {wanted}",
                "{count} photos that end in .jpg or .png; BaseDT warns below {wanted}",
                count,
            )
            todo = _("add photos; it is a warning only")
            yield warning(f"{PARTS[part]}/{name}", text.format(count=count, wanted=WANTED[part]), todo)


def _val_list(scene: Scene) -> Iterator[Fault]:
    listed, place = scene.root / "val.txt", scene.parts.get("val")
    if not listed.is_file():
        todo = _("make the set with `gardenwatch-train prepare`")
        yield error("val.txt", _('missing: BaseDT\'s check stops with "val.txt缺失"'), todo)
        return
    lines = read_text(listed).splitlines()
    files = sum(len(list(folder.iterdir())) for folder in place.iterdir() if folder.is_dir()) if place else 0
    if len(lines) != files:
        text = _("{lines} lines for {files} files in val_set: MMEdu stops with error code -201")
        yield error("val.txt", text.format(lines=len(lines), files=files), _("a line for each file, and no other"))
    for number, line in enumerate(lines, 1):
        if "\\" in line:
            found = _("a backslash: the photo is not found except on Windows")
            yield error(f"val.txt:{number}", found, _("write / instead"))
