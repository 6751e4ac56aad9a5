"""Gardenwatch's device side: everything that runs beside the camera."""

import os

# Pydantic would look through every installed package for plugins, 30 ms at each start; nothing here uses one.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
