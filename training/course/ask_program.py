"""The lesson's program that names what is on photos, with comments in the language in use."""

from __future__ import annotations

from training.language import _


def ask_script() -> str:
    """Names what is on photos; needs nothing but the device side."""
    says = (
        _("Step 2: ask. Type: python ask.py photo.jpg; without a photo it asks about the test photos"),
        _("It needs: pip install gardenwatch"),
        _("In XEduHub the same file is read so:"),
        _("there is no model.onnx yet: run train.py first"),
        _("cv2.imread cannot open Chinese paths on Windows, so the bytes are read first."),
        _("cannot be read as a photo"),
        _("When it is not sure enough, or sees something strange, it says so instead of guessing."),
        _("right"),
    )
    return f'''\
# {says[0]}
# {says[1]}
import sys
from pathlib import Path

import cv2
import numpy as np

from edge.model.classifier import Classifier

HERE = Path(__file__).resolve().parent
SUFFIXES = {{".jpg", ".jpeg", ".png", ".bmp", ".webp"}}

# {says[2]}
#   from XEdu.hub import Workflow as wf
#   model = wf(task='mmedu', checkpoint='model.onnx')
#   result = model.inference(data='photo.jpg'); model.format_output(lang='zh')


def main():
    if not (HERE / "model.onnx").is_file():
        sys.exit({says[3]!r})
    model = Classifier.open(HERE / "model.onnx")
    photos = [Path(word) for word in sys.argv[1:]] or sorted((HERE / "dataset" / "test_set").rglob("*"))
    asked = right = 0
    for path in photos:
        if path.suffix.lower() not in SUFFIXES:
            continue
        # {says[4]}
        data = np.fromfile(path, np.uint8) if path.is_file() else np.empty(0, np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
        if picture is None:
            print(f"{{path}}: {says[5]}")
            continue
        said = model.classify([picture])
        # {says[6]}
        answer, sure = model.card.answer(said.probabilities[0], said.familiarity[0])
        print(f"{{path.parent.name}}/{{path.name}}: {{answer}} {{sure:.0%}}")
        asked += 1
        right += answer == path.parent.name
    if asked and not sys.argv[1:]:
        print(f"{says[7]}: {{right}} / {{asked}}")


if __name__ == "__main__":
    main()
'''
