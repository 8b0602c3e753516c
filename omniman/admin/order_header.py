"""The head of an order's page: what it is, and what can be done to it now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from omniman.admin import words
from omniman.models import Order
from omniman.rules.status import TRANSITIONS, Kind, Status


class Button(NamedTuple):
    """Leads to the page that says what will happen."""

    text: str
    address: str
    is_grave: bool = False
    is_next: bool = False


def facts(order: Order, *, may_act: bool, may_refund: bool) -> Mapping[str, Any]:
    """What the template ``omniman/admin/order_header.html`` shows."""
    colour, standing = words.standing(order)
    has_refunds = bool(order.refunded_amount)
    return {
        "order": order,
        "colour": colour,
        "badge": words.COLOURS[colour],
        "standing": standing,
        "customer": words.customer_name(order),
        "customer_page": _customer_page(order),
        "total": words.told(order.total_amount, order.currency),
        "refunded": words.told(order.refunded_amount, order.currency) if has_refunds else "",
        "left": words.told(order.net_amount, order.currency) if has_refunds else "",
        "buttons": list(_buttons(order, may_act=may_act, may_refund=may_refund)),
    }


def _buttons(order: Order, *, may_act: bool, may_refund: bool) -> list[Button]:
    def page(act: str, **asked: str) -> str:
        address = reverse(f"admin:omniman_order_{act}", args=[order.pk])
        return f"{address}?{urlencode(asked)}" if asked else address

    is_sale = order.kind == Kind.SALE
    after = TRANSITIONS[Status(order.status)] if is_sale and may_act else ()
    calm = [each for each in after if each not in words.GRAVE]
    found = [
        Button(str(words.VERBS[each]), page("move", to=each), is_next=each == calm[0])
        for each in calm
    ]
    if may_act:
        found.append(Button(_("Write a note"), page("note")))
    if is_sale and may_refund and order.net_amount:
        found.append(Button(_("Refund"), page("refund"), is_grave=True))
    grave = [each for each in after if each in words.GRAVE]
    return found + [
        Button(str(words.VERBS[each]), page("move", to=each), is_grave=True) for each in grave
    ]


def _customer_page(order: Order) -> str:
    """Where the customer's record is shown, in a project that has such a page."""
    if order.customer_uuid is None:
        return ""
    try:
        return reverse("admin:guestman_customer_change", args=[order.customer_uuid])
    except NoReverseMatch:
        return ""
