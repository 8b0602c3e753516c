"""Orders in the admin's search."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from omniman.admin import words
from omniman.models import Order
from omniman.rules import refs
from shopman import finders
from shopman.finders import Finder, Found
from shopman.models import of_organizations
from shopman.tenancy import staff


def orders(request: HttpRequest, text: str, limit: int) -> Sequence[Found]:
    """Orders by their reference in any writing or by the customer's code. One query."""
    access = staff.access(request)
    if access is None:
        return []
    wanted = Q(ref__in={text, refs.normalise(text)}) | Q(customer_code__in={text, text.upper()})
    rows = Order.objects.filter(of_organizations(access.organizations)).filter(wanted)
    return [_told(row) for row in rows.order_by("-placed_at", "-uuid")[:limit]]


def _told(order: Order) -> Found:
    total = words.told(order.total_amount, order.currency)
    facts = (words.customer_name(order), str(order.get_status_display()), total)
    return Found(
        title=order.ref,
        about=" · ".join(filter(None, facts)),
        address=reverse("admin:omniman_order_change", args=[order.pk]),
    )


finders.register(
    Finder(key="orders", title=_("Order"), icon="receipt_long", find=orders, position=20)
)
