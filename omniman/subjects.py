"""What omniman keeps about a person: orders and carts, theirs and those of a guest they were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from omniman.conf import conf
from omniman.models import (
    Cart,
    Channel,
    ImportReject,
    ImportRun,
    Order,
    OrderCommit,
    OrderEvent,
    OrderRedaction,
)
from omniman.services import redaction as orders
from shopman import subjects
from shopman.person import Person, Standing
from shopman.personal import Erasing, Hold, Keyless, Personal, Text, delete, hinting, keep, meaning
from shopman.subjects import Belonging, Subject

#: What a guest gave, in ``Order.data["customer"]``.
_GIVEN: Final = ("name", "phone", "email")
#: Numbers of orders under way that a preview names.
_SHOWN: Final = 10


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
                OrderCommit: "Keys: whose order was committed, and which it became.",
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
    """Orders of the customer, and those of a guest who was without a doubt the same person."""
    rows: QuerySet[Order] = Order.objects.filter(
        Q(customer_uuid__in=person.keys) | Q(pk__in=_guests_orders(person, "own"))
    )
    return rows


def _guests_orders(person: Person, standing: Standing) -> list[UUID]:
    given = sorted(person.contacts)
    contacts = Q(data__customer__phone__in=given) | Q(data__customer__email__in=given)
    guests = Order.objects.filter(Q(pk__in=person.also) | contacts, customer_uuid__isnull=True)
    columns = ("data__customer__phone", "data__customer__email", "data__customer__name")
    return _standing(person, standing, guests.values_list("pk", *columns))


def _standing(
    person: Person, standing: Standing, guests: Iterable[tuple[UUID, str | None, str | None, str]]
) -> list[UUID]:
    return [
        pk
        for pk, phone, email, name in guests
        if person.standing((phone, email), name, row=pk) == standing
    ]


def _orders() -> Personal:
    return Personal(
        key="omniman.orders",
        kept="As long as the shop keeps books; the law on taxes asks for years.",
        title=_("Orders"),
        model=Order,
        columns=("customer_uuid", "customer_code", "data"),
        rows=own_orders,
        told=_told_order,
        erase=_redact,
        fate=_("Amounts, products and times stay; name, contacts, addresses and notes go."),
        holds=_holds,
        keyless=Keyless(
            own=lambda person: Order.objects.filter(pk__in=_guests_orders(person, "own")),
            doubtful=lambda person: Order.objects.filter(pk__in=_guests_orders(person, "doubtful")),
            label=_order_in_words,
            contacts=_guests_of_orders,
        ),
    )


def _order_in_words(row: Order) -> str:
    given = row.data["customer"]
    return _in_words(_("Order %(ref)s") % {"ref": row.ref}, row.placed_at, *map(given.get, _GIVEN))


def _in_words(what: Text, at: dt.datetime, *given: str | None) -> str:
    day = date_format(timezone.localtime(at), "SHORT_DATE_FORMAT")
    return " · ".join(filter(None, (str(what), day, *given)))


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
    by_law: list[dt.date] = []
    needed: dict[str, dt.date] = {}
    columns = ("ref", "kind", "status", "data", "placed_at")
    for ref, kind, status, data, placed_at in own_orders(person).values_list(*columns).iterator():
        if law := orders.held_by_law(data, placed_at, today):
            by_law.append(law.until)
        if delivery := orders.held_to_deliver(status, placed_at, today, kind=kind):
            needed[ref] = delivery.until
    return (*_to_deliver(needed), *_by_law(by_law))


def _by_law(until: Sequence[dt.date]) -> Iterator[Hold]:
    if until:
        what = _("Name, document and billing address on orders with a document")
        yield Hold(
            what=what, count=len(until), until=max(until), ground=_in_law(conf.ORDER_HOLD_GROUND)
        )


def _in_law(statute: str) -> Text:
    return format_lazy(_("the law demands it: {statute}"), statute=statute)


def _to_deliver(until: Mapping[str, dt.date]) -> Iterator[Hold]:
    if until:
        shown = ", ".join(sorted(until)[:_SHOWN])
        yield Hold(
            what=format_lazy(
                _("Name, phone and delivery address of orders under way: {refs}"),
                refs=shown if len(until) <= _SHOWN else f"{shown} …",
            ),
            count=len(until),
            until=max(until.values()),
            ground=_(
                "they cannot be delivered without it; once delivered or cancelled it goes earlier"
            ),
        )


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
        kept="With their order.",
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
        kept='OMNIMAN["GUEST_CART_TTL_DAYS"] and ["CUSTOMER_CART_TTL_DAYS"].',
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
        keyless=Keyless(
            own=lambda person: Cart.objects.filter(pk__in=_guests_carts(person, "own")),
            doubtful=lambda person: Cart.objects.filter(pk__in=_guests_carts(person, "doubtful")),
            label=_cart_in_words,
            contacts=_guests_of_carts,
        ),
    )


def _own_carts(person: Person) -> QuerySet[Cart]:
    rows: QuerySet[Cart] = Cart.objects.filter(
        Q(customer_uuid__in=person.keys) | Q(pk__in=_guests_carts(person, "own"))
    )
    return rows.prefetch_related("lines")


def _guests_carts(person: Person, standing: Standing) -> list[UUID]:
    given = sorted(person.contacts)
    contacts = Q(guest_phone__in=given) | Q(guest_email__in=given)
    guests = Cart.objects.filter(Q(pk__in=person.also) | contacts, customer_uuid__isnull=True)
    columns = ("guest_phone", "guest_email", "guest_name")
    return _standing(person, standing, guests.values_list("pk", *columns))


def _cart_in_words(row: Cart) -> str:
    given = (row.guest_name, row.guest_phone, row.guest_email)
    return _in_words(_("Cart"), row.created_at, *given)


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
        kept='OMNIMAN["IMPORT_REJECTS_KEEP_DAYS"].',
        title=_("Rejected rows of imported files"),
        model=ImportReject,
        columns=("content",),
        rows=_own_rejects,
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
        keyless=Keyless(
            own=_own_rejects,
            doubtful=lambda person: hinting(
                ImportReject.objects.exclude(pk__in=person.also), person, "content"
            ),
            label=lambda row: " · ".join(map(str, row.content)),
        ),
    )


def _own_rejects(person: Person) -> QuerySet[ImportReject]:
    meant = meaning(ImportReject.objects.all(), person, "content").values("pk")
    rows: QuerySet[ImportReject] = ImportReject.objects.filter(
        Q(pk__in=meant) | Q(pk__in=person.also)
    )
    return rows
