"""What omniman keeps about a person: orders and carts, theirs and those of a guest they were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from omniman.conf import conf
from omniman.models import (
    Cart,
    Channel,
    ImportReject,
    ImportRun,
    Order,
    OrderEvent,
    OrderRedaction,
)
from omniman.rules import redaction
from omniman.services import redaction as orders
from shopman import subjects
from shopman.person import Person
from shopman.personal import Erasing, Hold, Personal, delete, keep, naming
from shopman.subjects import Belonging, Subject


def connect() -> None:
    """Register; called when the app is ready."""
    # An order is never rewritten: it is found by the uuid it was placed with, through the alias.
    subjects.register(
        Subject(
            key="omniman.orders",
            models=(Order,),
            personal=(_events(), _orders()),
            impersonal={
                OrderRedaction: "Digests, and the reason of an erasure, which names nobody.",
                Channel: "The shop's own.",
                ImportRun: "Counts and the name of a file.",
            },
        )
    )
    subjects.register(
        Subject(
            key="omniman.carts",
            models=(Cart,),
            reassign=(Belonging(model=Cart, column="customer_uuid"),),
            personal=(_carts(), _rejects()),
        )
    )


def own_orders(person: Person) -> QuerySet[Order]:
    """Orders of the customer, and those of a guest who gave the customer's own contacts."""
    contacts = Q(data__customer__phone__in=sorted(person.phones))
    contacts |= Q(data__customer__email__in=sorted(person.emails))
    as_guest = Q(customer_uuid__isnull=True) & contacts
    if person.names is not None:
        guests = Order.objects.filter(as_guest).values_list("pk", "data__customer__name")
        as_guest = Q(pk__in=[pk for pk, name in guests if person.answers_to(name or "")])
    rows: QuerySet[Order] = Order.objects.filter(Q(customer_uuid__in=person.keys) | as_guest)
    return rows


def _orders() -> Personal:
    return Personal(
        key="omniman.orders",
        title=_("Orders"),
        model=Order,
        columns=("customer_uuid", "customer_code", "data"),
        rows=own_orders,
        told=_told_order,
        erase=_redact,
        fate=_("Amounts, products and times stay; name, contacts, addresses and notes go."),
        holds=_holds,
        contacts=_guests_of_orders,
    )


def _told_order(row: Order, person: Person) -> Mapping[str, Any]:
    return {
        "ref": row.ref,
        "status": row.status,
        "placed_at": row.placed_at,
        "currency": row.currency,
        "total_amount": row.total_amount,
        "refunded_amount": row.refunded_amount,
        "facts": row.data,
    }


def _redact(rows: QuerySet[Order], erasing: Erasing) -> int:
    return orders.redact(rows, reason=erasing.reason, at=erasing.at, entry=erasing.entry)


def _holds(person: Person, today: dt.date) -> Sequence[Hold]:
    until = [
        day
        for data, placed_at in own_orders(person).values_list("data", "placed_at").iterator()
        if (day := redaction.held_until(data, placed_at, conf.ORDER_HOLD_YEARS)) and day >= today
    ]
    if not until or not conf.ORDER_HOLD_FIELDS:
        return ()
    what = _("Name, document and billing address on orders with a document")
    return (Hold(what=what, count=len(until), until=max(until), ground=conf.ORDER_HOLD_GROUND),)


def _guests_of_orders() -> Iterator[tuple[str, str]]:
    rows = Order.objects.filter(customer_uuid__isnull=True)
    yield from _pairs(rows.values_list("data__customer__phone", "data__customer__email"))


def _guests_of_carts() -> Iterator[tuple[str, str]]:
    rows = Cart.objects.filter(customer_uuid__isnull=True)
    yield from _pairs(rows.values_list("guest_phone", "guest_email"))


def _pairs(rows: QuerySet[Any]) -> Iterator[tuple[str, str]]:
    for phone, email in rows.distinct().order_by().iterator():
        if phone:
            yield "phone", phone
        if email:
            yield "email", email


def _events() -> Personal:
    return Personal(
        key="omniman.order_events",
        title=_("What happened to orders"),
        model=OrderEvent,
        columns=("reason", "actor_id", "actor_label"),
        rows=lambda person: OrderEvent.objects.filter(order__in=own_orders(person)),
        told=("order_id", "kind", "from_status", "to_status", "amount", "reason", "at"),
        # Their orders are redacted with them.
        erase=keep,
        fate=_("What happened and when stays; notes and reasons go."),
    )


def _carts() -> Personal:
    return Personal(
        key="omniman.carts",
        title=_("Carts"),
        model=Cart,
        columns=(
            "customer_uuid",
            "guest_name",
            "guest_email",
            "guest_phone",
            "delivery_address",
            "billing_address",
        ),
        rows=_own_carts,
        told=_told_cart,
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
        contacts=_guests_of_carts,
    )


def _own_carts(person: Person) -> QuerySet[Cart]:
    as_guest = Q(guest_phone__in=sorted(person.phones)) | Q(guest_email__in=sorted(person.emails))
    if person.names is not None:
        guests = Cart.objects.filter(as_guest, customer_uuid__isnull=True)
        found = guests.values_list("pk", "guest_name")
        as_guest = Q(pk__in=[pk for pk, name in found if person.answers_to(name)])
    rows: QuerySet[Cart] = Cart.objects.filter(
        Q(customer_uuid__in=person.keys) | Q(customer_uuid__isnull=True) & as_guest
    )
    return rows.prefetch_related("lines")


def _told_cart(row: Cart, person: Person) -> Mapping[str, Any]:
    return {
        "created_at": row.created_at,
        "guest_name": row.guest_name,
        "guest_email": row.guest_email,
        "guest_phone": row.guest_phone,
        "delivery_address": row.delivery_address,
        "billing_address": row.billing_address,
        "lines": [f"{line.quantity.normalize():f} × {line.sku}" for line in row.lines.all()],
    }


def _rejects() -> Personal:
    return Personal(
        key="omniman.import_rejects",
        title=_("Rejected rows of imported files"),
        model=ImportReject,
        columns=("content",),
        rows=lambda person: naming(ImportReject.objects.all(), person, "content"),
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
    )
