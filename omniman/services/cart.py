"""Carts: opened, filled, claimed at login, and thrown away when left too long."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from omniman.conf import conf
from omniman.errors import (
    CartAlreadyOrdered,
    CartExpired,
    CartFull,
    CartNotFound,
    ChannelNotFound,
    InvalidStatedPrice,
    PriceNotYours,
    UnknownSku,
)
from omniman.models import Cart, CartLine, Channel
from omniman.rules import totals
from omniman.services import channel as channels
from omniman.services.commit import priced_lines
from shopman import clock, tenancy
from shopman.errors import Invalid
from shopman.models import sole

#: What ``checkout.describe`` fills in, emptied with the cart.
_CHECKOUT: Final = (
    "guest_name",
    "guest_email",
    "guest_phone",
    "delivery_address",
    "billing_address",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestCart:
    """A new anonymous cart and its key, which is told this once and stored only as a hash."""

    cart: Cart
    key: str


def hashed(key: str) -> str:
    """How a cart's key is stored: SHA-256 (hex). The key has 256 random bits, so no salt is due."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def open_for_guest(*, channel: Channel | None = None) -> GuestCart:
    """A new cart for whoever holds the key returned. Raises ChannelNotFound (a closed one)."""
    key = secrets.token_urlsafe(32)
    with transaction.atomic():
        cart = _new(channel, key_hash=hashed(key))
        cart.save()
    return GuestCart(cart=cart, key=key)


@transaction.atomic
def open_with_line(*, sku: str, quantity: Decimal | int | str) -> GuestCart:
    """A visitor's new cart with its first line, or neither.

    Raises ChannelNotFound, what ``add_line`` raises.
    """
    opened = open_for_guest()
    add_line(cart=opened.cart, sku=sku, quantity=quantity)
    return opened


def open_for_customer(*, customer_uuid: UUID, channel: Channel | None = None) -> Cart:
    """The customer's open cart in the channel, made where there is none.

    One that expired is emptied and used again. Raises ChannelNotFound.
    """
    fresh = _new(channel, customer_uuid=customer_uuid)
    found = partial(
        Cart.objects.filter(
            customer_uuid=customer_uuid, channel=fresh.channel, committed_at__isnull=True
        )
        .select_for_update()
        .first
    )
    with transaction.atomic():
        cart = found() or _saved_unless(fresh, found)
        if cart.expires_at <= clock.now():
            _empty(cart)
    cart.channel = fresh.channel
    return cart


def set_line(
    *,
    cart: Cart,
    sku: str,
    quantity: Decimal | int | str,
    stated_unit_price_amount: int | None = None,
) -> CartLine:
    """Put exactly this quantity of a product in the cart.

    A price may be stated only where the channel is trusted. Raises InvalidQuantity, UnknownSku for
    a SKU no product can have, what the price book raises for one it cannot price (an ``Invalid``),
    CartFull, PriceNotYours, InvalidStatedPrice, what ``lock`` raises.
    """
    number = totals.quantity(quantity)
    sku = _sellable(cart, sku, number)
    return _put(cart, sku, lambda _: number, stated_unit_price_amount)


def add_line(*, cart: Cart, sku: str, quantity: Decimal | int | str) -> CartLine:
    """Put this quantity on top of what the cart has of it. Raises what ``set_line`` raises."""
    more = totals.quantity(quantity)
    sku = _sellable(cart, sku, more)
    return _put(cart, sku, lambda present: totals.quantity(present + more), None)


def remove_line(*, cart: Cart, sku: str) -> Cart:
    """Take a product out; one that is not there is no error. Raises what ``lock`` raises."""
    with transaction.atomic():
        row = lock(cart)
        row.lines.filter(sku=sku).delete()
        touch(row)
    return row


def claim(*, key: str, customer_uuid: UUID) -> Cart:
    """Give the anonymous cart with this key to the customer who just signed in.

    When they have an open cart already the lines go there, quantities of one product added up, and
    the anonymous cart is deleted. What the guest gave goes along where the customer's cart has
    nothing. Raises CartNotFound (also for a key claimed before), CartExpired.
    """
    with transaction.atomic():
        anonymous = Cart.objects.filter(key_hash=hashed(key), committed_at__isnull=True).first()
        if anonymous is None:
            raise CartNotFound
        own = Cart.objects.filter(
            customer_uuid=customer_uuid,
            channel_id=anonymous.channel_id,
            committed_at__isnull=True,
        ).first()
        keys = [each.pk for each in (anonymous, own) if each is not None]
        locked = {
            each.pk: each
            for each in Cart.objects.select_for_update().filter(pk__in=keys).order_by("pk")
        }
        source, target = locked.get(anonymous.pk), locked.get(own.pk) if own else None
        if source is None or source.key_hash is None or source.committed_at is not None:
            raise CartNotFound
        if source.expires_at <= clock.now():
            raise CartExpired
        if target is None or target.committed_at is not None:
            return _hand_over(source, customer_uuid)
        return _merge(source, target)


def lock(cart: Cart) -> Cart:
    """The cart's row, locked, with its channel and organization; for use in a transaction.

    Raises CartNotFound, CartAlreadyOrdered, CartExpired.
    """
    row: Cart | None = sole(
        Cart.objects.select_for_update(of=("self",))
        .select_related("channel", "organization")
        .filter(pk=cart.pk)
    )
    if row is None:
        raise CartNotFound
    if row.committed_at is not None:
        raise CartAlreadyOrdered
    if row.expires_at <= clock.now():
        raise CartExpired
    return row


def touch(cart: Cart, *fields: str) -> None:
    """Save ``fields`` of a locked cart; it was used, so it lives on."""
    now = clock.now()
    cart.updated_at, cart.expires_at = now, now + _ttl(cart)
    cart.save(update_fields=[*fields, "updated_at", "expires_at"])


def purge_expired(*, batch_size: int = 1000) -> int:
    """Delete the expired carts of all tenants that became no order, in batches; how many."""
    expired = Cart.all_tenants.filter(expires_at__lte=clock.now(), committed_at__isnull=True)
    count = 0
    while True:
        with transaction.atomic():
            keys = list(
                expired.select_for_update(skip_locked=True)
                .order_by("pk")
                .values_list("pk", flat=True)[:batch_size]
            )
            CartLine.all_tenants.filter(cart__in=keys).delete()
            Cart.all_tenants.filter(pk__in=keys).delete()
        count += len(keys)
        if len(keys) < batch_size:
            return count


def _new(
    channel: Channel | None, *, key_hash: str | None = None, customer_uuid: UUID | None = None
) -> Cart:
    chosen = channel or channels.ensure(code=conf.STORE_CHANNEL)
    if not chosen.is_active:
        raise ChannelNotFound
    cart = Cart(
        channel=chosen,
        organization=tenancy.current_organization(),
        key_hash=key_hash,
        customer_uuid=customer_uuid,
    )
    cart.expires_at = clock.now() + _ttl(cart)
    return cart


def _saved_unless(fresh: Cart, found: Callable[[], Cart | None]) -> Cart:
    try:
        with transaction.atomic():
            fresh.save()
    except IntegrityError:
        # Somebody opened it a moment ago.
        there = found()
        if there is None:
            raise
        return there
    return fresh


def _sellable(cart: Cart, sku: str, quantity: Decimal) -> str:
    """The SKU as it is kept, when the price book has a price for that many: a cart takes nothing
    that could never be ordered. Asked without the customer, whose prices are no question here.

    Raises UnknownSku, what the price book raises.
    """
    sku = sku.strip()
    if not sku or len(sku) > 100 or "\x00" in sku:
        raise UnknownSku
    line = CartLine(sku=sku, quantity=quantity)
    try:
        priced_lines([line], channel=cart.channel.code, code=None, at=clock.now())
    except Invalid as problem:
        problem.errors = tuple(
            replace(each, field=each.field.removeprefix("lines.0").removeprefix("."))
            for each in problem.errors
        )
        raise
    return sku


def _put(
    cart: Cart, sku: str, reckon: Callable[[Decimal], Decimal], stated_unit_price_amount: int | None
) -> CartLine:
    if not 0 <= (stated_unit_price_amount or 0) <= totals.MAX_STATED_PRICE:
        raise InvalidStatedPrice
    with transaction.atomic():
        row = lock(cart)
        if stated_unit_price_amount is not None and not row.channel.is_trusted:
            raise PriceNotYours
        lines = {line.sku: line for line in CartLine.objects.filter(cart=row)}
        line = lines.get(sku)
        if line is None and len(lines) >= conf.MAX_CART_LINES:
            raise CartFull
        line = line or CartLine(sku=sku, quantity=Decimal(0))
        line.cart, line.quantity = row, reckon(line.quantity)
        line.stated_unit_price_amount = stated_unit_price_amount
        line.save()
        touch(row)
    return line


def _hand_over(cart: Cart, customer_uuid: UUID) -> Cart:
    cart.key_hash, cart.customer_uuid = None, customer_uuid
    touch(cart, "key_hash", "customer_uuid")
    return cart


def _merge(source: Cart, target: Cart) -> Cart:
    if target.expires_at <= clock.now():
        _empty(target)
    present = {line.sku: line for line in CartLine.objects.filter(cart=target)}
    fresh: list[CartLine] = []
    more: list[CartLine] = []
    for line in CartLine.objects.filter(cart=source).order_by("uuid"):
        there = present.get(line.sku)
        if there is not None:
            there.quantity = totals.quantity(there.quantity + line.quantity)
            more.append(there)
        elif len(present) + len(fresh) < conf.MAX_CART_LINES:
            fresh.append(CartLine(cart=target, sku=line.sku, quantity=line.quantity))
        else:
            raise CartFull
    CartLine.objects.bulk_update(more, ["quantity"])
    CartLine.objects.bulk_create(fresh)
    taken = [name for name in _CHECKOUT if not getattr(target, name) and getattr(source, name)]
    for name in taken:
        setattr(target, name, getattr(source, name))
    source.delete()
    touch(target, *taken)
    return target


def _empty(cart: Cart) -> None:
    cart.lines.all().delete()
    cart.guest_name = cart.guest_email = cart.guest_phone = ""
    cart.delivery_address = cart.billing_address = None
    touch(cart, *_CHECKOUT)


def _ttl(cart: Cart) -> dt.timedelta:
    days = conf.GUEST_CART_TTL_DAYS if cart.key_hash else conf.CUSTOMER_CART_TTL_DAYS
    return dt.timedelta(days=days)
