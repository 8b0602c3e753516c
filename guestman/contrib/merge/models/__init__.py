"""Merges, and how they were taken back. Rows are only ever added."""

from guestman.contrib.merge.models.merge import Merge, MergeMove, MergeQuerySet
from guestman.contrib.merge.models.undo import MergeReturn, MergeUndo

__all__ = ["Merge", "MergeMove", "MergeQuerySet", "MergeReturn", "MergeUndo"]
