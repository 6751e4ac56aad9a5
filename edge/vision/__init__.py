"""How frames become tracks."""
