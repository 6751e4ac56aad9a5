"""The configuration: read from its file, with what was typed laid over it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from edge import language
from edge.camera.address import without_secrets
from edge.masks import NO_MASKS, Masks
from edge.settings import Config


def read(path: Path) -> Config:
    """The configuration in the file; relative paths in it count from the file's folder.

    Raises ConfigFaults for anything that is not a valid configuration, and never changes the file.
    """
    from edge.typed_yaml import read_typed  # late: YAML takes 10 ms to import, and a film is watched without a file

    config = read_typed(path, Config)
    folder = path.resolve().parent
    model, camera = config.model, config.camera
    if model.path is not None:
        model = model.model_copy(update={"path": folder / model.path.expanduser()})
    if (folder / str(camera.source)).exists():  # a film or folder beside the file; else a number, device or address
        camera = camera.model_copy(update={"source": str(folder / str(camera.source))})
    collect = config.collect
    if collect.folder is not None:
        collect = collect.model_copy(update={"folder": folder / collect.folder.expanduser()})
    mqtt = config.mqtt
    if mqtt.ca is not None:
        mqtt = mqtt.model_copy(update={"ca": folder / mqtt.ca.expanduser()})
    masks = folder / config.masks.expanduser()
    return config.model_copy(
        update={
            "masks": masks,
            "secrets": folder / config.secrets.expanduser(),
            "mqtt": mqtt,
            "data": folder / config.data.expanduser(),
            "model": model,
            "camera": camera,
            "collect": collect,
        }
    )


def chosen(
    choice: str, file: Path | None, source: str | None = None, data: Path | None = None, model: Path | None = None
) -> Config:
    """The file's settings, with what was typed laid over them; from here on in the language they ask for.

    `choice` is the language that was typed, or "auto".
    """
    if choice == "auto" and file:
        language.use_of(file)
    settings = read(file) if file else Config()
    if choice == "auto":
        language.use(settings.language)
    if source is not None:
        settings = settings.model_copy(update={"camera": settings.camera.model_copy(update={"source": source})})
    if model is not None:
        settings = settings.model_copy(update={"model": settings.model.model_copy(update={"path": model})})
    if data is not None:
        settings = settings.model_copy(update={"data": data})
    return settings


def digest(config: Config, masks: Masks = NO_MASKS) -> str:
    """Twelve hex digits that differ when any setting or mask differs; kept with every sighting."""
    text = config.model_dump_json() + (masks.model_dump_json() if masks.masks else "")
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def show(config: Config) -> str:
    """Every setting with its present value, as YAML; a password in the camera's address is left out."""
    import yaml  # late, as above

    data = config.model_dump(mode="json")
    data["camera"]["source"] = without_secrets(config.camera.source)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
