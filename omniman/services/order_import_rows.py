"""Imported orders as rows: frozen facts, digest, lines, and the event that says so."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson

from omniman.models import Channel, Order, OrderEvent, OrderLine
from omniman.rules import order_import, refs, snapshot
from omniman.rules.order_import_rows import ImportedOrder, Line
from omniman.rules.status import Status
from omniman.services import bulk, record
from shopman import tenancy
from shopman.keys import uuid7

#: What ``OrderLine.rule`` says of a price that came with the order.
RULE: Final = "imported"
_LINE_COLUMNS: Final = (
    "uuid", "tenant_id", "order_id", "position", "sku", "name", "quantity", "unit_price_amount",
    "discount_amount", "total_amount", "price_list_code", "rule",
)  # fmt: skip


def write(
    orders: Sequence[ImportedOrder],
    customers: Mapping[str, UUID],
    *,
    mapping: order_import.Mapping,
    channel: Channel,
    now: dt.datetime,
) -> list[UUID]:
    """Insert the orders in the running transaction; ``customers`` has every code among them.

    Returns the keys of guests' orders with contacts. Raises IntegrityError when one of the orders
    is there already.
    """
    keys = [uuid7() for _ in orders]
    made = [
        _order(key, order, customers, mapping=mapping, channel=channel, now=now)
        for key, order in zip(keys, orders, strict=True)
    ]
    bulk.insert(Order, list(made[0]), (list(row.values()) for row in made))
    bulk.insert(OrderLine, _LINE_COLUMNS, _lines(keys, orders))
    events = [_event(key, now) for key in keys]
    bulk.insert(OrderEvent, list(events[0]), (list(row.values()) for row in events))
    return [key for key, order in zip(keys, orders, strict=True) if order.is_nameable_guest]


def _order(
    key: UUID,
    order: ImportedOrder,
    customers: Mapping[str, UUID],
    *,
    mapping: order_import.Mapping,
    channel: Channel,
    now: dt.datetime,
) -> dict[str, Any]:
    customer = customers[order.customer_code] if order.customer_code else None
    organization = tenancy.current_organization_key()
    # The same bytes as shopman.canonical makes, many times faster.
    text = orjson.dumps(
        _facts(order, customer, mapping.currency, channel), option=orjson.OPT_SORT_KEYS
    )
    return {
        "uuid": key.hex,
        "tenant_id": tenancy.current().pk.hex,
        "organization_id": organization.hex if organization else None,
        "ref": refs.make(secrets.randbelow(refs.SPACE)),
        "channel_id": channel.pk.hex,
        "kind": order.kind.value,
        "customer_uuid": customer.hex if customer else None,
        "customer_code": order.customer_code,
        "status": Status.COMPLETED.value,
        "currency": mapping.currency,
        "total_amount": order.total_amount,
        "refunded_amount": 0,
        "placed_at": order.placed_at,
        "source": mapping.source,
        "external_ref": order.external_ref,
        "data": text.decode(),
        "data_digest": hashlib.sha256(text).hexdigest(),
        "updated_at": now,
    }


def _facts(
    order: ImportedOrder, customer: UUID | None, currency: str, channel: Channel
) -> dict[str, Any]:
    """``Order.data`` as ``omniman.rules.snapshot`` has it; of the customer what the file says."""
    who = snapshot.guest(name=order.buyer, phone=order.phone, email=order.email)
    known = {"uuid": customer and str(customer), "code": order.customer_code}
    return {
        "schema": snapshot.SCHEMA,
        "schema_version": snapshot.SCHEMA_VERSION,
        "customer": who | known,
        "delivery_address": None,
        "billing_address": None,
        "lines": [_line(position, line) for position, line in enumerate(order.lines, start=1)],
        "totals": {
            "currency": currency,
            "subtotal_amount": order.total_amount,
            "discount_amount": 0,
            "total_amount": order.total_amount,
        },
        "channel": {"code": channel.code, "name": channel.name},
        "placed_at": order.placed_at.isoformat(),
    }


def _line(position: int, line: Line) -> dict[str, Any]:
    return {
        "position": position,
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "unit_price_amount": line.unit_price_amount,
        "discount_amount": 0,
        "total_amount": line.total_amount,
        "price_list_code": None,
        "rule": RULE,
        "explain": {} if line.exact_price is None else {"unit_price": line.exact_price},
    }


def _lines(keys: Sequence[UUID], orders: Sequence[ImportedOrder]) -> Iterator[tuple[Any, ...]]:
    tenant = tenancy.current().pk.hex
    for uuid, order in zip(keys, orders, strict=True):
        key = uuid.hex
        for position, line in enumerate(order.lines, start=1):
            yield (
                uuid7().hex, tenant, key, position, line.sku, line.name, line.quantity,
                line.unit_price_amount, 0, line.total_amount, "", RULE,
            )  # fmt: skip


def _event(key: UUID, now: dt.datetime) -> dict[str, Any]:
    return {
        "uuid": uuid7().hex,
        "tenant_id": tenancy.current().pk.hex,
        "order_id": key.hex,
        "kind": OrderEvent.IMPORTED,
        "from_status": "",
        "to_status": Status.COMPLETED.value,
        "amount": None,
        "reason": "",
        "idempotency_key": None,
        "at": now,
        **record.who(None),
    }
