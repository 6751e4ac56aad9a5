"""What is done when something is seen."""
