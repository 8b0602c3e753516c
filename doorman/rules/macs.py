"""What exactly is authenticated in a code and in the hash of an identifier."""

from __future__ import annotations

from uuid import UUID

from doorman.rules import keyring


def code_mac(
    key: bytes, *, salt: bytes, challenge: UUID, purpose: str, channel: str, code: str
) -> bytes:
    """32 bytes that only this code, on this challenge, for this purpose and channel gives."""
    return keyring.mac(key, "doorman.code.v1", salt, challenge.bytes, purpose, channel, code)


def identifier_hash(key: bytes, *, tenant: UUID, kind: str, identifier: str) -> str:
    """Keyed hash (hex) of a canonical phone number or e-mail address, different in every tenant."""
    return keyring.mac(key, "doorman.identifier.v1", tenant.bytes, kind, identifier).hex()


def address_hash(key: bytes, *, network: str) -> str:
    """Keyed hash (hex) of a network address."""
    return keyring.mac(key, "doorman.address.v1", network).hex()


def counter_key(key: bytes, *, scope: str, subject: str) -> str:
    """Keyed hash (hex) under which a budget of one subject is counted."""
    return keyring.mac(key, "doorman.counter.v1", scope, subject).hex()
