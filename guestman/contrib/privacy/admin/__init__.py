"""What staff see of privacy: a panel of the customer's page, two pages, the list of erasures."""

from guestman.contrib.privacy.admin import erasure, panel, words

__all__ = ["erasure", "panel", "words"]
