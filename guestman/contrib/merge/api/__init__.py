"""Merging over HTTP, for staff with the right to it."""
