"""Identifiers kept in step with what they are derived from, looked up, and acted upon."""
