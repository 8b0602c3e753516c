"""Guestman as its neighbours see it. Named by dotted path in the neighbours' settings."""
