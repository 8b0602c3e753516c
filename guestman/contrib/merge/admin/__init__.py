"""Compare, merge, look back and take back, in the admin."""

from guestman.contrib.merge.admin import panel
from guestman.contrib.merge.admin.merges import MergeAdmin

__all__ = ["MergeAdmin", "panel"]
