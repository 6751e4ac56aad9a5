"""Gardenwatch's training side: from a folder of photos to one model file."""
