"""The hardware that acts: pins of a board."""
