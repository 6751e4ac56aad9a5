"""Many gardens in one place: what devices tell a broker is stored in PostgreSQL, and shown on one page."""
