"""The configuration as typed values: every key, its unit, its default with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, StrictBool, StrictFloat, StrictInt, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from edge.actions.settings import PIN, RuleSettings, refuse_misfits
from edge.collect.settings import CollectSettings
from edge.model.labels import Role
from edge.telling.settings import DigestSettings, MqttSettings, NotifySettings, known_addresses
from edge.times.settings import TimesSettings
from edge.typed_values import Fraction, Positive, Settings


class SiteSettings(Settings):
    """Where the camera stands; feeds exports and the sun, so each may stay empty until it is needed."""

    name: str | None = None
    latitude: Annotated[StrictFloat, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[StrictFloat, Field(ge=-180, le=180)] | None = None
    timezone: str | None = None
    """IANA name, such as Asia/Shanghai; None means the system's."""
    contributor: str | None = None

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str | None) -> str | None:
        """Refused here, or all records would quietly fall back on the system's offset."""
        try:
            if name is not None:
                ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder of zones, such as Asia
            raise PydanticCustomError("time_zone", "no time zone") from error
        return name


class CameraSettings(Settings):
    """The camera, and how long to wait for it."""

    source: str | StrictInt = "0"
    """Index, /dev/video* or by-id path, rtsp:// or http:// address, video file, folder of pictures, `demo`."""
    width: StrictInt = Field(1280, gt=0)
    """Asked of a USB camera; it may give another size."""
    height: StrictInt = Field(720, gt=0)
    fps: Positive = 10.0
    """Asked of a USB camera. Ten are enough to follow a walking animal and leave a Pi 3 time to look."""
    open_timeout_s: Positive = 10.0
    read_timeout_s: Positive = 5.0
    reopen_max_s: Positive = 7.0
    """The longest pause between two attempts at a lost camera. It is seen again within 30 s of its return, also where
    the attempt before has just begun (10 s) and opening takes as long as it may (10 s): RTSP's takes 3 s, but more at
    one or two pictures a second."""


class ModelSettings(Settings):
    """The model file."""

    path: Path | None = None
    """None means the bundled default model."""
    roles: dict[str, Role] = Field(default_factory=dict)
    """label: role, over what the model file says; needed for a model exported by MMEdu."""
    threads: StrictInt = Field(2, ge=1)
    """ONNX Runtime's threads; two leave the other cores of a Pi to the camera."""
    unknown_below: Fraction | None = None
    """A combined probability under this is `unknown`; None means what the model file says."""
    strange_below: Fraction | None = None
    """So is an animal that looks less than this like any that was learned; None means what the model file says."""


class GateSettings(Settings):
    """What opens the gate: something moved, or is new against the background."""

    width_px: StrictInt = Field(320, ge=64)
    """The grey picture the background is learned on; the smallest that still shows a 28 px animal of a 720p picture."""
    contrast: Positive = 0.18
    """Least difference in brightness, in factors of two (0.18: 13 %): soft shadows and noise stay under it."""
    calm: Positive = 5.0
    """How many times its usual change a pixel must change to be new; more where wind is the rule."""
    calm_when_known: Positive = 2.5
    """The same where an animal is known to be, so that one on a swaying flower is not lost."""


class TrackerSettings(Settings):
    """How regions of successive frames become one animal."""

    lost_after_s: Positive = 8.0
    """A track not seen for so long is over, unless it left over the picture's edge: a beetle walks behind a leaf for
    some seconds."""


class DecisionSettings(Settings):
    """When guesses become a sighting."""

    min_looks: StrictInt = Field(3, ge=1)
    """One look may catch a blur; three within the first second outvote it."""
    min_seen_s: Positive = 1.0
    """A leaf in a gust shows itself for less; a visit that is shorter cannot be named well."""
    animal: Fraction = 0.75
    """Combined probability that it is an animal at all, from which something that came from elsewhere is counted. Three
    perfect looks reach it, four good ones, five fair ones; a falling leaf is gone by then. At 0.6 half of all false
    sightings on the development clips were such leaves, at 0.8 the lamp came a second later."""
    sure: Fraction = 0.9
    """The same for something that only sways in place or flickers: ten looks, all quite sure."""


class WatchSettings(Settings):
    """How frames become sightings."""

    mode: Literal["regions", "frame"] = "regions"
    """`regions` finds animals by motion; `frame` classifies the whole picture, for a macro camera."""
    frame_interval_s: Positive = 1.0
    """Only in mode `frame`: how often the whole picture is looked at."""
    gate: GateSettings = GateSettings()
    tracker: TrackerSettings = TrackerSettings()
    decision: DecisionSettings = DecisionSettings()
    idle_fps: Positive = 3.0
    """Frames looked at per second while nothing is new; every frame of the camera from the first thing that is. With
    four, no visit of the development clips was found sooner. See edge/README.md for what each costs."""
    threads: StrictInt = Field(1, ge=1)
    """OpenCV's threads: pictures are so small that sharing them out costs more than it saves."""
    looks_per_s: Positive = 8.0
    """Most crops classified per second of watching, so that a busy scene never starves the camera."""


class BoardSettings(Settings):
    """The board with the lamp."""

    kind: Literal["pinpong", "fake", "none"] = "none"
    name: str = "uno"
    """pinpong's board name; edge/board/ports.py has those that are accepted. Only an Uno is tested."""
    port: str | None = None
    """Such as /dev/ttyACM0 or /dev/serial/by-id/...; None looks for an Uno or a clone of one by its USB id."""


Meaning = Literal["pest", "fault", "blind", "resting", "starting", "visited", "watching"]
"""What the lamp can say; edge/actions/led.py has their order and their patterns."""


class LedSettings(Settings):
    """The lamp."""

    pin: str = Field("D13", pattern=PIN)
    min_confidence: Fraction = 0.0
    """Over the model's own threshold; raise it where the lamp should light only when quite sure."""
    show: list[Meaning] = Field(["pest"])
    """What it says. Only a pest that is there now, unless more is wanted: a lamp that always blinks is soon overlooked,
    draws children and insects, and the page and `systemctl status` tell the rest."""


class PrivacySettings(Settings):
    """Whose picture is not kept."""

    max_region: Fraction = 0.35
    """What is larger, as a part of the picture's height, counts as a person: no picture of it is kept. The largest
    animal on the development clips, a slug, has 0.27; someone who stands so far away that they fill less cannot be
    recognised on a photo of a flower bed, but is kept as a photo. 1 keeps nearly all."""
    full_frames: StrictBool = False
    """Whether whole pictures of the camera may be kept: the photos of mode `frame`, and frames for a data set."""


class RetentionSettings(Settings):
    """When photos are deleted; rows never are, and photos that a person judged never."""

    free_mb: StrictInt = Field(500, ge=0)
    """Space kept free on the disk, at most a tenth of it: an update of the system needs some hundred megabytes. 0
    deletes nothing for room: new photos stop when the disk is full."""
    max_age_days: Positive | None = None
    """Photos of older sightings are deleted; None keeps them as long as there is room."""


class StoreSettings(Settings):
    """Rows and photos."""

    photo_margin: Annotated[StrictFloat, Field(ge=0, le=3)] = 0.35
    """Margin around the animal, as a part of its longer side."""
    jpeg_quality: StrictInt = Field(90, ge=1, le=100)
    """90 keeps legs and antennae; 80 saves a third of the space."""
    further_photos: StrictInt = Field(3, ge=0, le=12)
    """Kept of a visit beside its best photo, spread over it: who judges sees the animal from more sides, and a new
    model learns from them. They cost as much room again each; 0 keeps none."""
    reserve_mb: StrictInt = Field(8, ge=0)
    """A file given up when the disk is full, so that rows still fit."""
    queue: StrictInt = Field(64, ge=4)
    """Most changes waiting for a slow card."""
    retention: RetentionSettings = RetentionSettings()


class Config(Settings):
    """The whole file."""

    language: Literal["auto", "en", "zh-CN"] = "auto"
    data: Path = Path("gardenwatch-data")
    """Where the database and the photos are."""
    masks: Path = Path("masks.yaml")
    """Where nothing is looked for; a file beside this one, taken up when it changes. None needs to be there."""
    site: SiteSettings = SiteSettings()
    times: TimesSettings = TimesSettings()
    camera: CameraSettings = CameraSettings()
    model: ModelSettings = ModelSettings()
    watch: WatchSettings = WatchSettings()
    board: BoardSettings = BoardSettings()
    led: LedSettings = LedSettings()
    secrets: Path = Path("secrets.yaml")
    """Addresses and passwords; a file beside this one, readable by its owner only. None needs to be there."""
    notify: NotifySettings = NotifySettings()
    mqtt: MqttSettings = MqttSettings()
    digest: DigestSettings = DigestSettings()
    privacy: PrivacySettings = PrivacySettings()
    rules: list[RuleSettings] = Field(default_factory=list)
    """What else is done when something is seen."""
    store: StoreSettings = StoreSettings()
    collect: CollectSettings = CollectSettings()

    @field_validator("digest")
    @classmethod
    def _is_to_people(cls, digest: DigestSettings, info: ValidationInfo) -> DigestSettings:
        known_addresses(digest.to, info.data.get("notify"))
        return digest

    @field_validator("rules")
    @classmethod
    def _fit_together(cls, rules: list[RuleSettings], info: ValidationInfo) -> list[RuleSettings]:
        led, privacy = info.data.get("led"), info.data.get("privacy")
        refuse_misfits(rules, led.pin if led else None, privacy is None or privacy.full_frames)
        known_addresses([name for rule in rules for name in rule.do.notify], info.data.get("notify"))
        return rules
