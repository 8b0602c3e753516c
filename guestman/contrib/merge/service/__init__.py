"""Merging two customers, and taking it back."""

from guestman.contrib.merge.service.choosing import suggest
from guestman.contrib.merge.service.execution import execute
from guestman.contrib.merge.service.preview import MergePreview, preview
from guestman.contrib.merge.service.separation import foretell, unmerge

__all__ = ["MergePreview", "execute", "foretell", "preview", "suggest", "unmerge"]
