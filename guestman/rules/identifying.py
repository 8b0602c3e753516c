"""Families of identifiers that are no contacts, and the one text by which accounts are compared."""

from __future__ import annotations

from typing import Final

DOCUMENT: Final = "document"
#: Before the provider's name in the family of an account there.
PROVIDER: Final = "provider:"


def account_key(subject: str, issuer: str = "") -> str:
    """One text for an account. No part of it holds a line break."""
    return f"{issuer}\n{subject}" if issuer else subject
