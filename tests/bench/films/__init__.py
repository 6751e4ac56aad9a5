"""Garden films composed for measuring: other grounds, other animals and other weather than the shared clips."""
