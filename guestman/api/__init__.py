"""Customers over HTTP, for staff."""
