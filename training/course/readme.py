"""What a student reads first in the lesson's folder."""

from __future__ import annotations

from training.course.choices import Choices
from training.language import _, _n


def readme(chosen: Choices, classes: tuple[str, ...]) -> str:
    """What is in the folder, and what to type."""
    learns = _n(
        "learns ({backbone}, {epochs} epoch) and writes model.onnx",
        "learns ({backbone}, {epochs} epochs) and writes model.onnx",
        chosen.epochs,
    )
    learns = learns.format(backbone=chosen.backbone, epochs=chosen.epochs)
    listed = _("Classes: {names}").format(names=", ".join(classes))
    says = (
        _("From photos to a lamp"),
        _("file"),
        _("what it is"),
        _("the photos, split as BaseDT does it: training_set, val_set, test_set"),
        _("names what is on photos"),
        _("watches through the camera and lights the lamp on D13 at a pest"),
        _("Each program can be run alone, and the folder may be moved to another computer that has Gardenwatch."),
        _("Without a board give --dry-run; without a camera give --source film.mp4."),
        _("Which classes light the lamp: --pest CLASS CLASS; it must be given where the model knows no pest by name."),
    )
    return f"""\
# {says[0]}

{listed}

| {says[1]} | {says[2]} |
|---|---|
| `dataset` | {says[3]} |
| `train.py` | {learns} |
| `ask.py` | {says[4]} |
| `camera_led.py` | {says[5]} |

```
python train.py
python ask.py
python camera_led.py --dry-run
python camera_led.py
```

{says[6]}
{says[7]}
{says[8]}
"""
