"""What the rows of imports keep about customers."""

from __future__ import annotations

from guestman.contrib.imports.models import ImportRow
from shopman import subjects
from shopman.subjects import Subject


def connect() -> None:
    """Called when the app is ready."""
    # History of what a file said: it names who it was then.
    subjects.register(Subject(key="guestman.imports", models=(ImportRow,)))
