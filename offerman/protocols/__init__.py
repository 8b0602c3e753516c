"""Ports offerman asks through."""
