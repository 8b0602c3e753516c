"""Review items, blocked values, and what a customer is found by."""

from guestman.contrib.identifiers.admin import blocked_value, claim, panel, review

__all__ = ["blocked_value", "claim", "panel", "review"]
