"""What an order freezes: ``Order.data``, schema ``shopman.order`` version 1.

    schema, schema_version
    customer            uuid, code, name, phone, email, document, group, contact_points;
                        uuid and code are null for a guest, whose rest is what they gave
    delivery_address    an object, or null
    billing_address     an object, or null
    lines               position, sku, name, quantity (decimal string), unit_price_amount,
                        discount_amount, total_amount, price_list_code, rule, explain
    totals              currency, subtotal_amount, discount_amount, total_amount
    channel             code, name
    placed_at           ISO 8601 in UTC

Amounts are integers in minor units.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from omniman.protocols.customer import CustomerSnapshot
from omniman.protocols.pricing import PricedLine
from omniman.rules import totals

SCHEMA: Final = "shopman.order"
SCHEMA_VERSION: Final = 1

Facts = dict[str, Any]


def build(
    *,
    customer: Facts,
    lines: Sequence[PricedLine],
    currency: str,
    channel_code: str,
    channel_name: str,
    placed_at: dt.datetime,
    delivery_address: Mapping[str, Any] | None = None,
    billing_address: Mapping[str, Any] | None = None,
) -> Facts:
    """The frozen facts of an order; ``customer`` comes from ``known`` or ``guest``."""
    sums = totals.total(lines)
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "customer": customer,
        "delivery_address": _plain(delivery_address),
        "billing_address": _plain(billing_address),
        "lines": [_line(position, line) for position, line in enumerate(lines, start=1)],
        "totals": {
            "currency": currency,
            "subtotal_amount": sums.subtotal_amount,
            "discount_amount": sums.discount_amount,
            "total_amount": sums.total_amount,
        },
        "channel": {"code": channel_code, "name": channel_name},
        "placed_at": placed_at.astimezone(dt.UTC).isoformat(),
    }


def known(customer: CustomerSnapshot) -> Facts:
    """A customer as the directory knows them now."""
    return {
        "uuid": str(customer.uuid),
        "code": customer.code or None,
        "name": customer.name,
        "phone": customer.phone,
        "email": customer.email,
        "document": customer.document,
        "group": customer.group,
        "contact_points": [
            {
                "kind": point.kind,
                "value": point.value,
                "is_primary": point.is_primary,
                "is_verified": point.is_verified,
            }
            for point in customer.contact_points
        ],
    }


def guest(*, name: str = "", phone: str = "", email: str = "") -> Facts:
    """A guest, with what they gave for this checkout."""
    given = [("phone", phone), ("email", email)]
    return {
        "uuid": None,
        "code": None,
        "name": name,
        "phone": phone,
        "email": email,
        "document": "",
        "group": None,
        "contact_points": [
            {"kind": kind, "value": value, "is_primary": True, "is_verified": False}
            for kind, value in given
            if value
        ],
    }


def _line(position: int, line: PricedLine) -> Facts:
    return {
        "position": position,
        "sku": line.sku,
        "name": line.name,
        "quantity": totals.written(line.quantity),
        "unit_price_amount": line.unit_price_amount,
        "discount_amount": totals.discount(line),
        "total_amount": line.total_amount,
        "price_list_code": line.price_list_code,
        "rule": line.rule,
        "explain": _plain(line.explain),
    }


def _plain(value: Mapping[str, Any] | None) -> Any:
    """The value as JSON gives it back, so that the digest is that of what is stored."""
    return None if value is None else json.loads(json.dumps(dict(value), default=str))
