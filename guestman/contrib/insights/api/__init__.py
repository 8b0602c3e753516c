"""Insights over HTTP, for staff."""
