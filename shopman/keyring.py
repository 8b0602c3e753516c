"""Keyed hashes with keys that carry ids, so that they can be changed while in use."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Bytes of a key, at least (HMAC-SHA-256) or exactly (AES-256-GCM).
KEY_BYTES = 32


class BadKey(ValueError):
    """A key is not ``id:base64`` or too short."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Keyring:
    """Keys by id, and the id of the one in force. Its repr shows nothing."""

    current: str
    keys: Mapping[str, bytes]


def parse(entries: Iterable[str]) -> Keyring:
    """The keyring of ``id:base64`` strings; the first one is in force. Raises BadKey."""
    keys: dict[str, bytes] = {}
    for number, entry in enumerate(entries, start=1):
        name, colon, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise BadKey(f"Key {number} is not base64.") from error
        if not colon or not name or len(name) > 16 or name in keys:
            raise BadKey(f"Key {number} needs an id of its own of at most 16 characters.")
        if len(key) < KEY_BYTES:
            raise BadKey(f"Key {number} has {len(key)} bytes; {KEY_BYTES} are needed.")
        keys[name] = key
    if not keys:
        raise BadKey("There is no key.")
    return Keyring(current=next(iter(keys)), keys=keys)


def mac(key: bytes, label: str, *parts: bytes | str) -> bytes:
    """HMAC-SHA-256 of the parts, each with its length, under a label that keeps uses apart."""
    message = bytearray()
    for part in (label, *parts):
        raw = part.encode() if isinstance(part, str) else part
        message += len(raw).to_bytes(4, "big") + raw
    return hmac.digest(key, bytes(message), hashlib.sha256)
