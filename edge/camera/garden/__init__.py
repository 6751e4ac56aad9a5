"""A garden drawn by the project itself, so that everything can be tried without a camera or a photo."""
