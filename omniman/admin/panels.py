"""The parts of an order's page: frozen facts beside today's, lines, events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from omniman.models import Order, OrderEvent
from omniman.rules import snapshot
from omniman.services.neighbours import customers
from shopman import money, panels
from shopman.panels import Panel

#: The page of an order, for ``shopman.panels``.
ORDER_PAGE: Final = "omniman.order"
_CUSTOMER_FIELDS: Final = {
    "name": _("Name"),
    "code": _("Code"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "document": _("Document"),
    "group": _("Group"),
}


def _customer(request: HttpRequest, order: Order) -> Mapping[str, Any]:
    """What was frozen, beside what the directory says now; they differ once something changed.

    An imported order says no more than its file did, so nothing about it has changed since.
    """
    frozen = order.data.get("customer", {})
    known = customers.get().snapshot(order.customer_uuid) if order.customer_uuid else None
    today = snapshot.known(known) if known else {}
    is_comparable = known is not None and not order.source
    return {
        "rows": [
            {
                "label": label,
                "frozen": frozen.get(name) or "",
                "today": today.get(name) or "",
                "differs": is_comparable and (frozen.get(name) or "") != (today.get(name) or ""),
            }
            for name, label in _CUSTOMER_FIELDS.items()
        ],
        "contacts": frozen.get("contact_points", ()),
        "is_known": known is not None,
        "is_guest": order.customer_uuid is None,
        "addresses": [
            (label, ", ".join(str(part) for part in address.values() if part))
            for label, address in (
                (_("Delivery address"), order.data.get("delivery_address")),
                (_("Billing address"), order.data.get("billing_address")),
            )
            if address
        ],
        "digest": order.data_digest,
    }


def _lines(request: HttpRequest, order: Order) -> Mapping[str, Any]:
    def told(amount: int) -> str:
        return str(money.Money(amount, order.currency))

    return {
        "rows": [
            {
                "line": line,
                "price": told(line.unit_price_amount),
                "discount": told(line.discount_amount) if line.discount_amount else "",
                "total": told(line.total_amount),
            }
            for line in order.lines.order_by("position")
        ],
        "total": told(order.total_amount),
        "refunded": told(order.refunded_amount) if order.refunded_amount else "",
    }


def _events(request: HttpRequest, order: Order) -> Mapping[str, Any]:
    rows = OrderEvent.objects.filter(order=order).order_by("-uuid")[:100]
    return {
        "rows": [
            {
                "event": row,
                "amount": str(money.Money(row.amount, order.currency)) if row.amount else "",
            }
            for row in rows
        ]
    }


for _position, (_key, _title, _facts) in enumerate(
    (
        ("customer", _("Customer, as ordered and today"), _customer),
        ("lines", _("Lines"), _lines),
        ("events", _("What happened"), _events),
    )
):
    panels.register(
        ORDER_PAGE,
        Panel(
            key=_key,
            title=_title,
            template=f"omniman/admin/{_key}.html",
            facts=_facts,
            position=10 * (_position + 1),
        ),
    )
