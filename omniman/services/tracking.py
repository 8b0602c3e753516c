"""Tokens by which anybody who holds one may follow one order.

A token is the order's key and an HMAC-SHA256 of tenant and order, cut to 128 bits, under a key made
from ``SECRET_KEY``. It cannot be guessed, nothing about it is stored, and the same order always has
the same token, so a repeated commit answers the same. ``SECRET_KEY_FALLBACKS`` keep old ones valid.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from omniman.errors import OrderNotFound
from shopman import tenancy

_SALT: Final = "omniman.tracking"
_SIGNATURE_BYTES: Final = 16
_KEY_BYTES: Final = 16


def token(order_uuid: UUID) -> str:
    """The tracking token of an order of the tenant in use: 43 URL-safe characters."""
    raw = order_uuid.bytes + _signature(order_uuid, settings.SECRET_KEY)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def order_key(text: str) -> UUID:
    """The order a token is for, without looking it up. Raises OrderNotFound for any other text."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise OrderNotFound from error
    if len(raw) != _KEY_BYTES + _SIGNATURE_BYTES:
        raise OrderNotFound
    key, given = UUID(bytes=raw[:_KEY_BYTES]), raw[_KEY_BYTES:]
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(given, _signature(key, secret)) for secret in secrets):
        raise OrderNotFound
    return key


def _signature(order_uuid: UUID, secret: str) -> bytes:
    value = f"{tenancy.current().pk}:{order_uuid}"
    return salted_hmac(_SALT, value, secret=secret, algorithm="sha256").digest()[:_SIGNATURE_BYTES]
