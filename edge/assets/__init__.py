"""What comes with Gardenwatch: the default model and its card."""

from pathlib import Path

DEFAULT_MODEL = Path(__file__).parent / "default.onnx"
