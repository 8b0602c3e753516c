"""Decisions of a merge, without a database."""
