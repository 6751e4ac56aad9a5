"""A computer of its own with a real systemd, booted in a container."""
