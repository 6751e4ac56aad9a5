"""The record: rows, photos, and what survives."""
