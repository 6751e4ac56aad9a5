"""Takes photos that people judged into a set that is split already."""
