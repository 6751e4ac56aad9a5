"""Tells what BaseDT 0.1.3 and MMEdu 2.0.0 would refuse of a set, or read otherwise than it is meant."""

from __future__ import annotations

from collections.abc import Iterator

from training.check.fault import Fault, error, warning
from training.check.folders import PARTS
from training.check.scene import Scene
from training.language import _
from training.layout import FOLDERS, read_text
from training.picture_facts import Facts

READ = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
WANTED = {"train": 100, "val": 10}
"""BaseDT's check warns below these numbers of photos."""


def check_xedu(scene: Scene, facts: dict[str, Facts]) -> Iterator[Fault]:
    """An error is what they stop at, a warning what they silently do otherwise."""
    yield from _class_list(scene)
    yield from _names(scene)
    if scene.first_part == "raw":
        yield from _raw(scene)
    else:
        yield from _split(scene)
        damaged = [f for f in scene.pictures if f.path not in facts and f.path.lower().endswith((".jpg", ".png"))]
        for file in damaged:
            found = _("cannot be read: MMEdu stops with error code -201")
            yield error(file.path, found, _("delete the file, and its line in the list"))
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
    first = scene.names[0] if scene.names else ""
    if data.startswith(b"\xef\xbb\xbf"):
        found = _("a byte order mark, which becomes part of the name {name}").format(name=first)
        yield error("classes.txt:1", found, _("save it as UTF-8 without BOM"))
    if not data.isascii():
        found = _("names that are not ASCII: read as GBK on Chinese Windows, as UTF-8 on a Raspberry Pi")
        yield warning("classes.txt", found, _("name the folders in English, or use the set on one system only"))
    for number, line in enumerate(read_text(listed).splitlines(), 1):
        if not line.strip():
            found = _("an empty line, which becomes a class without a name")
            yield error(f"classes.txt:{number}", found, _("take it out"))
        elif line.strip() not in scene.names:
            found = _("{line} is taken for the name of a class").format(line=line.strip())
            yield error(f"classes.txt:{number}", found, _("write the names alone"))


def _names(scene: Scene) -> Iterator[Fault]:
    for file in scene.pictures:
        suffix = "." + file.path.rpartition(".")[2].lower()
        if suffix not in READ:
            found = _("{suffix} is not read by MMEdu").format(suffix=suffix)
            yield error(file.path, found, _("`gardenwatch-train prepare` writes it as JPEG"))
        if " " in file.path:
            todo = _("`gardenwatch-train prepare` writes _ in its place; rename class folders yourself")
            yield warning(file.path, _("a space, which also ends the name in val.txt"), todo)
        if not file.path.isascii():
            found = _("a name that is not ASCII: OpenCV on Windows cannot open it, and MMEdu calls it damaged")
            yield warning(file.path, found, _("rename it with English letters and digits"))


def _raw(scene: Scene) -> Iterator[Fault]:
    for name in scene.folders("raw"):
        if scene.classes is not None and name not in scene.classes:
            found = _("not in classes.txt: BaseDT stops with a KeyError")
            yield error(f"{scene.name(scene.parts['raw'])}/{name}", found, _("add it to classes.txt, or move it away"))
        elif scene.count("raw", name) * 0.2 < 1:
            found = _("{count} photos: BaseDT puts none of them into val_set").format(count=scene.count("raw", name))
            yield warning(f"{scene.name(scene.parts['raw'])}/{name}", found, _("add photos, at least 5 of each class"))
    for file in scene.pictures:
        if file.path.count("/") > (2 if scene.parts["raw"] != scene.root else 1):
            found = _("in a folder within the class, where BaseDT does not look")
            yield warning(file.path, found, _("move it up into the class folder"))
    if scene.parts["raw"] == scene.root:
        todo = _("put the class folders into a folder images")
        yield error("images", _("missing: BaseDT looks for the classes there"), todo)


def _split(scene: Scene) -> Iterator[Fault]:
    for part, place in scene.parts.items():
        if place.name != FOLDERS[part][0]:
            todo = _("rename the folder to {name}").format(name=FOLDERS[part][0])
            yield error(place.name, _("not found under this name"), todo)
    for part in ("train", "val"):
        for name in scene.names:
            if name not in scene.folders(part):
                found = _('missing: BaseDT\'s check stops with "{name}文件夹缺失"').format(name=name)
                yield error(f"{PARTS[part]}/{name}", found, _("make the folder, even where it stays empty"))
        count = sum(file.part == part for file in scene.pictures)
        if count < WANTED[part]:
            found = _("{count} photos; BaseDT warns below {wanted}").format(count=count, wanted=WANTED[part])
            yield warning(PARTS[part], found, _("add photos"))
    listed = scene.root / "val.txt"
    if not listed.is_file():
        todo = _("make the set with `gardenwatch-train prepare`")
        yield error("val.txt", _('missing: BaseDT\'s check stops with "val.txt缺失"'), todo)
        return
    lines = [line for line in read_text(listed).splitlines() if line.strip()]
    photos = sum(file.part == "val" for file in scene.pictures)
    if len(lines) != photos:
        text = _("{lines} lines for {photos} photos in val_set: MMEdu stops with error code -201")
        yield error("val.txt", text.format(lines=len(lines), photos=photos), _("a line for each photo"))
    for number, line in enumerate(lines, 1):
        if "\\" in line:
            found = _("a backslash: the photo is not found except on Windows")
            yield error(f"val.txt:{number}", found, _("write / instead"))
