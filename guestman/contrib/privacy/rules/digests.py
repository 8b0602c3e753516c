"""Keyed hashes of what erased people were known by, and the seal of a ledger's line."""

from __future__ import annotations

from uuid import UUID

from shopman import keyring


def suppression(key: bytes, *, tenant: UUID, kind: str, value: str) -> str:
    """Keyed hash (hex) of a canonical value, different in every tenant and for every kind."""
    return keyring.mac(key, "privacy.suppression.v1", tenant.bytes, kind, value).hex()


def line(key: bytes, text: str) -> str:
    """Keyed hash (hex) of a line of the ledger: nobody else can have written it."""
    return keyring.mac(key, "privacy.ledger.v1", text).hex()
