"""Finds photos that lie in the wrong class, and moves them where a person says so."""
