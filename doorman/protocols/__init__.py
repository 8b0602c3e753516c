"""Ports doorman asks through."""
