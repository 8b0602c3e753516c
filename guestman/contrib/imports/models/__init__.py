"""What was imported, and what became of every row."""

from guestman.contrib.imports.models.row import ImportRow, Outcome
from guestman.contrib.imports.models.run import ImportRun

__all__ = ["ImportRow", "ImportRun", "Outcome"]
