"""Finds what is wrong with a set of photos, before a training does."""
