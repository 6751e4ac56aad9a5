"""Gardenwatch's device side: everything that runs beside the camera."""

import os

__version__ = "0.1.0"
"""Its one home: the package is built with it. Asking the installed package instead takes 10 ms at each start."""

# Pydantic would look through every installed package for plugins, 30 ms at each start; nothing here uses one.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
