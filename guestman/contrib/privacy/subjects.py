"""What this room keeps: nothing that names anybody."""

from __future__ import annotations

from guestman.contrib.privacy.models import Erasure, Suppression
from shopman import subjects
from shopman.subjects import Subject


def connect() -> None:
    """Register; called when the app is ready."""
    subjects.register(
        Subject(
            key="privacy.erasures",
            models=(),
            impersonal={
                Erasure: "The key of an empty record, counts, and a reason without names.",
                Suppression: "Keyed hashes that nobody can turn back.",
            },
        )
    )
