"""When is watched, and when is not: hours, pauses, sleep."""
