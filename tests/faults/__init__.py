"""Faults that a garden brings, each caused as often as wanted; what must hold is looked at after each time."""
