"""Looking at the record."""
