"""Ports omniman asks through."""
