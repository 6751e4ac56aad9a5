"""Crops and frames for a new data set, kept while the garden is watched."""
