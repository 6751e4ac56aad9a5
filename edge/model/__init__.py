"""The model file: its contract and how it is run. Imports nothing else of edge, because training imports it."""
