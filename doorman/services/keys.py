"""The project's keyrings, parsed once per value."""

from __future__ import annotations

from functools import lru_cache

from doorman.conf import conf
from doorman.errors import KeysMissing
from doorman.rules import keyring
from doorman.rules.keyring import BadKey, Keyring


def hmac_ring() -> Keyring:
    """Keys of hashes and codes. Raises KeysMissing."""
    return _parsed(tuple(conf.HMAC_KEYS))


def seal_ring() -> Keyring:
    """Keys that seal contacts. Raises KeysMissing."""
    return _parsed(tuple(conf.SEAL_KEYS))


def hmac_key() -> bytes:
    """The key in force."""
    ring = hmac_ring()
    return ring.keys[ring.current]


@lru_cache(maxsize=8)
def _parsed(entries: tuple[str, ...]) -> Keyring:
    try:
        return keyring.parse(entries)
    except BadKey as error:
        raise KeysMissing(str(error)) from None
