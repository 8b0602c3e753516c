"""Adapters that come with the door."""
