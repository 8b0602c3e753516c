"""The parts of an order's page: lines, where it goes, events, frozen facts beside today's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from omniman.admin import words
from omniman.models import Order, OrderEvent, OrderLine
from omniman.rules import snapshot
from omniman.services.neighbours import customers
from shopman import masking, panels
from shopman.admin import trace
from shopman.contact import readable
from shopman.panels import Panel

#: The page of an order, for ``shopman.panels``.
ORDER_PAGE: Final = "omniman.order"
#: Events on the page; older ones stay in the database.
SHOWN_EVENTS: Final = 100
_ENVELOPE: Final = (
    ("recipient",), ("street", "number"), ("complement",), ("district",),
    ("postal_code", "city", "region"), ("country",), ("instructions",),
)  # fmt: skip
_CUSTOMER_FIELDS: Final = {
    "name": gettext_lazy("Name"),
    "code": gettext_lazy("Code"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
    "document": gettext_lazy("Document"),
    "group": gettext_lazy("Group code"),
}


def _customer(request: HttpRequest, order: Order) -> Mapping[str, Any]:
    """What was frozen, beside what the directory says now; they differ once something changed.

    An imported order says no more than its file did, so nothing about it has changed since.
    """
    frozen = order.data.get("customer", {})
    known = customers.get().snapshot(order.customer_uuid) if order.customer_uuid else None
    today = snapshot.known(known) if known else {}
    today = masking.facts(today, customer=order.customer_uuid)
    is_comparable = known is not None and not order.source
    return {
        "rows": [
            {
                "label": label,
                "frozen": readable(frozen.get(name) or ""),
                "today": readable(today.get(name) or ""),
                "differs": is_comparable and (frozen.get(name) or "") != (today.get(name) or ""),
            }
            for name, label in _CUSTOMER_FIELDS.items()
        ],
        "contacts": [
            {
                **contact,
                "label": _CUSTOMER_FIELDS.get(contact["kind"], contact["kind"]),
                "value": readable(contact["value"]),
            }
            for contact in frozen.get("contact_points", ())
        ],
        "is_known": known is not None,
        "is_guest": order.customer_uuid is None,
        "is_imported": bool(order.source),
        "digest": order.data_digest,
    }


def _delivery(request: HttpRequest, order: Order) -> Mapping[str, Any] | None:
    found = [
        (label, address_lines(address))
        for label, address in (
            (_("Delivery address"), order.data.get("delivery_address")),
            (_("Billing address"), order.data.get("billing_address")),
        )
        if address
    ]
    return {"addresses": found} if found else None


def address_lines(address: Mapping[str, Any]) -> list[str]:
    """An address as on an envelope; parts nobody knows come last."""
    known = {name for line in _ENVELOPE for name in line}
    rest = tuple((name,) for name in address if name not in known)
    lines = (
        " ".join(str(address[name]) for name in line if address.get(name))
        for line in (*_ENVELOPE, *rest)
    )
    return [line for line in lines if line]


def _lines(request: HttpRequest, order: Order) -> Mapping[str, Any]:
    explained = {
        line["position"]: line.get("explain") or {} for line in order.data.get("lines", ())
    }
    rows = [
        _line(order, line, explained.get(line.position, {}))
        for line in order.lines.order_by("position")
    ]
    return {
        "rows": rows,
        "has_discounts": any(row["discount"] for row in rows),
        "sums": _sums(order),
    }


def _line(order: Order, line: OrderLine, explain: Mapping[str, Any]) -> dict[str, Any]:
    def told(amount: int) -> str:
        return words.told(amount, order.currency)

    return {
        "line": line,
        "quantity": trace.plain(line.quantity),
        "price": told(line.unit_price_amount),
        "discount": told(line.discount_amount) if line.discount_amount else "",
        "total": told(line.total_amount),
        "rule": trace.rule(line.rule),
        "trace": trace.read(explain, told),
    }


def _sums(order: Order) -> list[tuple[str, str]]:
    """The total, with what leads to it and what remains of it, where that is something else."""
    totals = order.data.get("totals", {})
    sums = []
    if totals.get("discount_amount"):
        sums += [
            (_("Subtotal"), totals["subtotal_amount"]),
            (_("Discount"), -totals["discount_amount"]),
        ]
    sums.append((_("Total"), order.total_amount))
    if order.refunded_amount:
        sums += [(_("Refunded"), -order.refunded_amount), (_("Left"), order.net_amount)]
    return [(label, words.told(amount, order.currency)) for label, amount in sums]


def _events(request: HttpRequest, order: Order) -> Mapping[str, Any]:
    rows = list(OrderEvent.objects.filter(order=order).order_by("-uuid")[: SHOWN_EVENTS + 1])
    return {
        "rows": [_event(row, order) for row in rows[:SHOWN_EVENTS]],
        "is_cut": len(rows) > SHOWN_EVENTS,
    }


def _event(event: OrderEvent, order: Order) -> dict[str, Any]:
    what = str(event.get_kind_display())
    if event.amount:
        what = _("%(amount)s refunded") % {"amount": words.told(event.amount, order.currency)}
    has_moved = event.kind == OrderEvent.STATUS_CHANGED
    return {
        "what": what,
        "status": words.status(event.to_status),
        "badge": words.COLOURS[event.to_status] if has_moved else "",
        "actor": words.actor(event),
        "at": event.at,
        "reason": masking.text(event.reason, customer=order.customer_uuid),
    }


for _position, (_key, _title, _facts) in enumerate(
    (
        ("lines", gettext_lazy("Lines"), _lines),
        ("delivery", gettext_lazy("Where it goes"), _delivery),
        ("events", gettext_lazy("What happened"), _events),
        ("customer", gettext_lazy("Customer, as ordered and today"), _customer),
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
