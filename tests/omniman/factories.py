"""Rows of omniman for tests, made without its services where a test needs a past."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any
from uuid import UUID

import factory

from omniman.models import Cart, CartLine, Channel, Order, OrderLine
from omniman.rules import refs
from omniman.services import cart
from shopman import clock
from shopman.canonical import digest
from shopman.keys import uuid7


class ChannelFactory(factory.django.DjangoModelFactory[Channel]):
    class Meta:
        model = Channel
        django_get_or_create = ("code",)

    code = "web"
    name = "Web"


class CartFactory(factory.django.DjangoModelFactory[Cart]):
    """A customer's open cart with one line of tea."""

    class Meta:
        model = Cart
        skip_postgeneration_save = True

    channel = factory.SubFactory(ChannelFactory)
    customer_uuid = factory.LazyFunction(uuid7)
    expires_at = factory.LazyFunction(lambda: clock.now() + dt.timedelta(days=1))

    @factory.post_generation
    def skus(self: Any, create: bool, extracted: dict[str, Any] | None, **kwargs: Any) -> None:
        for sku, quantity in ({"TEA": 1} if extracted is None else extracted).items():
            CartLine.objects.create(cart=self, sku=sku, quantity=quantity)


def guest_cart(**skus: int) -> cart.GuestCart:
    """A visitor's cart with these quantities."""
    opened = cart.open_for_guest()
    for sku, quantity in (skus or {"TEA": 1}).items():
        cart.set_line(cart=opened.cart, sku=sku, quantity=quantity)
    return opened


def order_row(
    *,
    customer_uuid: UUID | None = None,
    placed_at: dt.datetime | None = None,
    total_amount: int = 1000,
    **facts: Any,
) -> Order:
    """An order that is not saved yet; ``data`` is a stand-in."""
    frozen = {"schema": "shopman.order", "customer": {"name": "Ann"}}
    facts.setdefault("ref", refs.make(secrets.randbelow(refs.SPACE)))
    facts.setdefault("currency", "BRL")
    if "channel" not in facts:
        facts["channel"] = ChannelFactory()
    return Order(
        customer_uuid=customer_uuid,
        placed_at=placed_at or clock.now(),
        total_amount=total_amount,
        data=frozen,
        data_digest=digest(frozen),
        **facts,
    )


def order(**facts: Any) -> Order:
    """A saved order with one line."""
    row = order_row(**facts)
    row.save()
    OrderLine.objects.create(
        order=row,
        position=1,
        sku="TEA",
        name="Tea",
        quantity=1,
        unit_price_amount=500,
        total_amount=row.total_amount,
    )
    return row
