"""Contacts over HTTP, for staff."""
