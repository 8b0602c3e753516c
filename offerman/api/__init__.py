"""Prices over HTTP: for staff, and for the storefront."""
