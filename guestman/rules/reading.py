"""Contacts as people read them."""

from shopman.contact import readable

__all__ = ["readable"]
