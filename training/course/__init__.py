"""The lesson from photos to a lamp: its steps, and a folder of programs that stand alone."""
