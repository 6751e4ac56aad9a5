"""Training without writing code, on a local page."""
