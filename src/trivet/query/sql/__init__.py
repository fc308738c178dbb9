"""People's own SQL: what is allowed, and asking it."""
