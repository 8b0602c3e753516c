"""Contacts as people read them."""

from __future__ import annotations

from guestman.rules.reading import readable

__all__ = ["readable"]
