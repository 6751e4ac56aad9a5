"""What is told to people and to other programs, from an outbox that survives."""
