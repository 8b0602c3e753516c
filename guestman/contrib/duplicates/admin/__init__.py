"""The queue of possible duplicates, and on the customer's page: who else this may be."""

from guestman.contrib.duplicates.admin import panel
from guestman.contrib.duplicates.admin.pairs import DuplicatePairAdmin

__all__ = ["DuplicatePairAdmin", "panel"]
