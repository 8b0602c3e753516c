"""Seals and secrets, on the keys of ``shopman.keyring``."""

from __future__ import annotations

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shopman.keyring import KEY_BYTES, BadKey, Keyring, mac, parse

__all__ = [
    "KEY_BYTES",
    "BadKey",
    "Keyring",
    "digest",
    "fresh_secret",
    "mac",
    "parse",
    "seal",
    "unseal",
]

_NONCE_BYTES = 12


def seal(ring: Keyring, plain: str, *, bound_to: bytes) -> bytes:
    """AES-256-GCM under the current key: ``id`` with its length, nonce, ciphertext and tag.

    ``bound_to`` is authenticated: what was sealed for one row does not open in another.
    """
    name = ring.current.encode()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(ring.keys[ring.current][:KEY_BYTES]).encrypt(nonce, plain.encode(), bound_to)
    return bytes([len(name)]) + name + nonce + sealed


def unseal(ring: Keyring, sealed: bytes, *, bound_to: bytes) -> str | None:
    """What was sealed, or None when the key is gone or the bytes are not ours."""
    size = sealed[0] if sealed else 0
    key = ring.keys.get(sealed[1 : 1 + size].decode(errors="replace"))
    nonce, rest = sealed[1 + size :][:_NONCE_BYTES], sealed[1 + size + _NONCE_BYTES :]
    if key is None or len(nonce) != _NONCE_BYTES:
        return None
    try:
        return AESGCM(key[:KEY_BYTES]).decrypt(nonce, rest, bound_to).decode()
    except InvalidTag:
        return None


def fresh_secret() -> str:
    """256 random bits as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """How a 256-bit secret is stored: plain SHA-256, hex. It needs no key, so none can be lost."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
