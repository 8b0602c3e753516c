"""Ports guestman asks through."""
