"""Gardenwatch's device side: everything that runs beside the camera."""
