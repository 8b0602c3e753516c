"""A person's data: copied, erased, recognised, kept no longer than needed."""

from guestman.contrib.privacy.service.erasing import erase
from guestman.contrib.privacy.service.exporting import Export, export
from guestman.contrib.privacy.service.preview import ErasurePreview, Part, preview_erasure

__all__ = ["ErasurePreview", "Export", "Part", "erase", "export", "preview_erasure"]
