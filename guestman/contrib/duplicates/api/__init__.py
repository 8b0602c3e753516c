"""Possible duplicates over HTTP, for staff."""
