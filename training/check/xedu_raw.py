"""Tells what BaseDT 0.1.3 would stop at when it splits a raw folder (`make_dataset`, src_format="IMAGENET")."""

from __future__ import annotations

from collections.abc import Iterator

from training.check.fault import Fault, error, warning
from training.check.scene import Scene
from training.language import _, _n

VAL_SHARE = 0.2


def check_raw(scene: Scene) -> Iterator[Fault]:
    """Only what keeps it from splitting, or a class from being validated."""
    place = scene.parts["raw"]
    where = scene.name(place)
    if place == scene.root:
        todo = _("put the class folders into a folder images")
        yield error("images", _("missing: BaseDT looks for the classes there"), todo)
        return
    for path in sorted(place.iterdir()):
        name = scene.name(path)
        if not path.is_dir():
            yield error(name, _("no folder: BaseDT stops with a NotADirectoryError"), _("move it out of images"))
        elif scene.classes is not None and path.name not in scene.classes:
            found = _("not in classes.txt: BaseDT stops with a KeyError")
            yield error(name, found, _("add it to classes.txt, or move it away"))
        else:
            for deeper in sorted(path.iterdir()):
                if deeper.is_dir():
                    found = _("a folder within a class: BaseDT stops, as it copies files only")
                    yield error(scene.name(deeper), found, _("move its photos up into the class folder"))
    for name in scene.names:
        count = scene.count("raw", name)
        if name in scene.folders("raw") and int(count * VAL_SHARE) < 1:
            found = _n(
                "{count} photo: BaseDT does not put it into val_set",
                "{count} photos: BaseDT puts none of them into val_set",
                count,
            ).format(count=count)
            yield warning(f"{where}/{name}", found, _("add photos, at least 5 of each class"))
