"""Looking at what was recorded."""
