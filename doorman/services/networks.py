"""Network addresses as doorman keeps them: keyed hashes."""

from __future__ import annotations

from doorman.rules import budgets, macs
from doorman.services import keys


def hashed(address: str) -> str:
    """Keyed hash of the subscriber's network (IPv4 /32, IPv6 /64)."""
    return macs.address_hash(keys.hmac_key(), network=budgets.network(address))
