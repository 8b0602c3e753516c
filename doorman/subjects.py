"""What doorman keeps by a customer's uuid."""

from __future__ import annotations

from doorman.models import AuthEvent, CustomerSession
from shopman import subjects
from shopman.subjects import Subject


def connect() -> None:
    """Register; called when the app is ready. Nothing goes over: a session ends in a merge."""
    subjects.register(Subject(key="doorman.access", models=(CustomerSession, AuthEvent)))
