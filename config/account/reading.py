"""What the account shows, put together from what guestman and omniman answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import QueryDict
from django.utils.http import urlencode

from config.account.forms import PlaceForm
from guestman.models import ContactPoint, Customer, CustomerAddress
from omniman import history
from omniman.history import OrderRecord, OrderSummary

PAGE_SIZE: Final = 20
LATEST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderList:
    """A page of orders, newest first; ``older`` is the query string of the next one."""

    orders: Sequence[OrderSummary]
    older: str
    is_first: bool


def orders(customer_uuid: UUID, query: QueryDict) -> OrderList:
    """The page that the query string asks for; the first one when it makes no sense."""
    place = PlaceForm(query)
    bounds = {}
    if place.is_valid():
        given = place.cleaned_data
        bounds = {"before": given["before"], "before_uuid": given["order"]}
    found = history.customer_orders(
        customer_uuid, limit=PAGE_SIZE + 1, merged=merged(customer_uuid), **bounds
    )
    shown = found[:PAGE_SIZE]
    older = ""
    if len(found) > PAGE_SIZE:
        last = shown[-1]
        older = urlencode({"before": last.placed_at.isoformat(), "order": str(last.uuid)})
    return OrderList(orders=shown, older=older, is_first=not bounds)


def latest_orders(customer_uuid: UUID) -> list[OrderSummary]:
    """The last few orders."""
    return history.customer_orders(customer_uuid, limit=LATEST, merged=merged(customer_uuid))


def order(customer_uuid: UUID, order_uuid: UUID) -> OrderRecord | None:
    """One of the customer's orders."""
    return history.customer_order(customer_uuid, order_uuid, merged=merged(customer_uuid))


def merged(customer_uuid: UUID) -> list[UUID]:
    """Records of the same person that were put together with this one."""
    rows = Customer.objects.filter(merged_into=customer_uuid).order_by("uuid")
    return list(rows.values_list("uuid", flat=True))


def addresses(customer_uuid: UUID) -> list[CustomerAddress]:
    """The customer's addresses, deliveries first, the default of each purpose on top."""
    rows = CustomerAddress.objects.live().filter(customer=customer_uuid)
    return list(rows.order_by("-purpose", "-is_default", "created_at", "uuid"))


def default_address(customer_uuid: UUID) -> CustomerAddress | None:
    """Where things are delivered when nothing else is said."""
    rows = CustomerAddress.objects.live().filter(customer=customer_uuid)
    found: CustomerAddress | None = rows.filter(purpose="delivery", is_default=True).first()
    return found


def contacts(customer_uuid: UUID) -> list[ContactPoint]:
    """How the customer is reached, the primary one of each kind first."""
    rows = ContactPoint.objects.live().filter(customer=customer_uuid)
    return list(rows.order_by("kind", "-is_primary", "created_at", "uuid"))
