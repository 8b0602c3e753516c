"""Contacts at rest: sealed while they are needed, bound to their row."""

from __future__ import annotations

from uuid import UUID

from doorman.rules import keyring
from doorman.services import keys


def seal(value: str, *, row: UUID) -> bytes:
    """The contact under the seal key in force."""
    return keyring.seal(keys.seal_ring(), value, bound_to=row.bytes)


def unseal(sealed: bytes | memoryview, *, row: UUID) -> str | None:
    """The contact, or None when it was erased or its key is gone."""
    return keyring.unseal(keys.seal_ring(), bytes(sealed), bound_to=row.bytes)
