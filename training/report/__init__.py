"""Tells on one page what a set is made of, and what was done to it."""
