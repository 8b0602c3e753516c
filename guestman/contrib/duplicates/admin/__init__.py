"""On the customer's page: who else this may be."""

from guestman.contrib.duplicates.admin import panel

__all__ = ["panel"]
