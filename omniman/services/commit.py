"""A cart becomes an order, once. Called as ``order.commit``."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from omniman.errors import (
    CartAlreadyOrdered,
    CartEmpty,
    CartExpired,
    CartNotFound,
    CustomerUnavailable,
    IdempotencyKeyReused,
    InvalidIdempotencyKey,
)
from omniman.models import Cart, CartLine, Order, OrderCommit, OrderEvent, OrderLine
from omniman.protocols.customer import CustomerSnapshot
from omniman.protocols.pricing import PricedLine, PriceRequest
from omniman.rules import refs, snapshot, totals
from omniman.services import record
from omniman.services.neighbours import customers, prices
from omniman.signals import order_committed
from shopman import clock, events, outbox, tenancy
from shopman.actor import Actor
from shopman.canonical import digest
from shopman.keys import is_idempotency_key
from shopman.models import sole

#: Two orders of a tenant may draw the same reference; then another one is drawn.
ATTEMPTS = 4

#: The cart and the order that a key led to before.
Earlier = tuple[UUID, UUID]


def commit(*, cart: Cart, idempotency_key: str, actor: Actor | None = None) -> Order:
    """The order of a cart: priced, its customer frozen, all in one transaction.

    The same key of the same owner gives the same order, however often and however many at once; a
    crash leaves all of it or nothing. The owner of a key is the cart's customer, or the cart itself
    for a guest. Raises InvalidIdempotencyKey, IdempotencyKeyReused (the key belongs to another
    cart), CartNotFound, CartAlreadyOrdered (with another key), CartExpired, CartEmpty,
    CustomerUnavailable, PricingMismatch, OrderTooLarge, and what the price book raises.
    """
    key = idempotency_key
    if not is_idempotency_key(key):
        raise InvalidIdempotencyKey
    for attempt in range(ATTEMPTS):
        try:
            return _commit(cart, key, record.who(actor))
        except IntegrityError:
            # Another cart of the same owner took the key just now, or the reference was taken.
            found = _earlier(_owner(cart), key)
            if found is not None:
                return _same(found, cart.pk)
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _commit(given: Cart, key: str, who: record.Who) -> Order:
    # The customer before the cart, in the order in which whoever merges or erases customers takes
    # them: a directory keeps what it told here as it is until this transaction ends.
    customer = _told(given)
    cart = _locked(given.pk)
    found = _earlier(_owner(cart), key)
    if found is not None:
        return _same(found, cart.pk)
    _guard(cart)
    now = clock.now()
    if cart.customer_uuid != given.customer_uuid:
        # Claimed, or taken over in a merge, a moment ago.
        customer = _told(cart)
    if cart.customer_uuid and customer is None:
        raise CustomerUnavailable
    lines = _priced(cart, customer, now)
    order = _write(cart, customer, lines, now)
    OrderCommit.objects.bulk_create(
        [OrderCommit(owner=_owner(cart), key=key, cart_uuid=cart.pk, order=order, at=now)]
    )
    record.event(order, OrderEvent.COMMITTED, who, to_status=order.status, at=now)
    outbox.record(
        "omniman.order_committed",
        subject=f"order:{order.uuid}",
        payload={"order_uuid": str(order.uuid), "customer_uuid": record.text(order.customer_uuid)},
    )
    # What a guest gave was for this checkout; from now on the order alone holds it.
    Cart.objects.filter(pk=cart.pk).update(
        committed_at=now,
        updated_at=now,
        guest_name="",
        guest_email="",
        guest_phone="",
        delivery_address=None,
        billing_address=None,
    )
    events.announce(
        order_committed, sender=Order, order_uuid=order.uuid, customer_uuid=order.customer_uuid
    )
    return order


def _locked(cart_uuid: UUID) -> Cart:
    cart: Cart | None = sole(
        Cart.objects.select_for_update(of=("self",))
        .select_related("channel", "organization")
        .filter(pk=cart_uuid)
    )
    if cart is None:
        raise CartNotFound
    return cart


def _guard(cart: Cart) -> None:
    if cart.committed_at is not None:
        raise CartAlreadyOrdered
    if cart.expires_at <= clock.now():
        raise CartExpired


def _owner(cart: Cart) -> str:
    return f"customer:{cart.customer_uuid}" if cart.customer_uuid else f"cart:{cart.pk}"


def _earlier(owner: str, key: str) -> Earlier | None:
    rows = OrderCommit.objects.filter(owner=owner, key=key).values_list("cart_uuid", "order")
    return next(iter(rows), None)


def _same(found: Earlier, cart_uuid: UUID) -> Order:
    if found[0] != cart_uuid:
        raise IdempotencyKeyReused
    order: Order = Order.objects.select_related("channel").get(pk=found[1])
    return order


def _told(cart: Cart) -> CustomerSnapshot | None:
    return customers.get().snapshot(cart.customer_uuid) if cart.customer_uuid else None


def _priced(
    cart: Cart, customer: CustomerSnapshot | None, now: dt.datetime
) -> Sequence[PricedLine]:
    lines = list(CartLine.objects.filter(cart=cart).order_by("uuid"))
    if not lines:
        raise CartEmpty
    code = customer.code if customer else None
    return priced_lines(lines, channel=cart.channel.code, code=code, at=now)


def priced_lines(
    lines: Sequence[CartLine], *, channel: str, code: str | None, at: dt.datetime
) -> Sequence[PricedLine]:
    """Cart lines as the price book prices them now, stated prices of a trusted channel applied."""
    currency = tenancy.current().default_currency
    asked = [PriceRequest(sku=line.sku, quantity=line.quantity) for line in lines]
    given = list(
        prices.get().price(
            asked, customer_code=code or None, channel=channel, currency=currency, at=at
        )
    )
    totals.agree(asked, given, currency)
    found = [
        priced
        if line.stated_unit_price_amount is None
        else totals.stated(priced, line.stated_unit_price_amount)
        for line, priced in zip(lines, given, strict=True)
    ]
    totals.fit(found)
    return found


def _write(
    cart: Cart,
    customer: CustomerSnapshot | None,
    lines: Sequence[PricedLine],
    now: dt.datetime,
) -> Order:
    currency = tenancy.current().default_currency
    facts = snapshot.build(
        customer=snapshot.known(customer)
        if customer
        else snapshot.guest(name=cart.guest_name, phone=cart.guest_phone, email=cart.guest_email),
        lines=lines,
        currency=currency,
        channel_code=cart.channel.code,
        channel_name=cart.channel.name,
        placed_at=now,
        delivery_address=cart.delivery_address,
        billing_address=cart.billing_address,
    )
    order = Order(
        organization=cart.organization,
        ref=refs.make(secrets.randbelow(refs.SPACE)),
        channel=cart.channel,
        customer_uuid=customer.uuid if customer else None,
        customer_code=(customer.code or None) if customer else None,
        currency=currency,
        total_amount=facts["totals"]["total_amount"],
        placed_at=now,
        data=facts,
        data_digest=digest(facts),
        updated_at=now,
    )
    Order.objects.bulk_create([order])
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            unit_price_amount=line.unit_price_amount,
            discount_amount=totals.discount(line),
            total_amount=line.total_amount,
            price_list_code=line.price_list_code or "",
            rule=line.rule,
        )
        for position, line in enumerate(lines, start=1)
    )
    return order
