"""The HTTP API of the door."""
