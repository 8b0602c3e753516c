"""Erasures, and by what an erased person is recognised."""

from guestman.contrib.privacy.models.erasure import Erasure, Suppression

__all__ = ["Erasure", "Suppression"]
