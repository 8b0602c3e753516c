"""Which cart a caller means, and how a cart is shown.

A signed-in customer has one open cart in the storefront's channel. A visitor's cart is whichever
the ``X-Cart-Key`` header opens; the key comes with the answer that opened the cart, once.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request

from omniman.conf import conf
from omniman.errors import CartNotFound
from omniman.models import Cart, OrderCommit
from omniman.rules import totals
from omniman.services import cart as carts
from omniman.services import cart_quote
from shopman.api.output import Row
from shopman.api.permissions import customer_of
from shopman.models import sole

HEADER: Final = "X-Cart-Key"


def present(request: Request) -> Cart:
    """The caller's open cart. Raises CartNotFound."""
    found = _open(request)
    if found is None:
        raise CartNotFound
    return found


def opened(request: Request) -> tuple[Cart, str | None]:
    """The caller's open cart, a new one where there is none, and the key of a new visitor's cart.

    Raises CartNotFound for a key that opens nothing, so that a storefront notices.
    """
    customer = customer_of(request)
    if customer is not None:
        return carts.open_for_customer(customer_uuid=customer.uuid), None
    if request.headers.get(HEADER):
        return present(request), None
    new = carts.open_for_guest()
    return new.cart, new.key


def to_commit(request: Request, *, named: UUID | None, idempotency_key: str) -> Cart:
    """The cart a commit is about: the one named, the one the key went to before, or the open one.

    Always the caller's own. Raises CartNotFound.
    """
    customer = customer_of(request)
    own = Cart.objects.filter(customer_uuid=customer.uuid) if customer else _by_key(request)
    found: Cart | None
    if named is not None:
        found = sole(own.filter(pk=named))
    elif customer is None:
        found = sole(own)
    else:
        # Looked for again at the end: another request with the key may have ordered the cart
        # after the first look and closed it before the second.
        found = (
            _ordered(own, customer.uuid, idempotency_key)
            or _open(request)
            or _ordered(own, customer.uuid, idempotency_key)
        )
    if found is None:
        raise CartNotFound
    return found


def _ordered(own: QuerySet[Cart], customer_uuid: UUID, idempotency_key: str) -> Cart | None:
    """The customer's cart that a key went to."""
    went_to = OrderCommit.objects.filter(owner=f"customer:{customer_uuid}", key=idempotency_key)
    found: Cart | None = own.filter(pk__in=went_to.values("cart_uuid")).first()
    return found


def shown(request: Request, cart: Cart, *, key: str | None = None) -> Row:
    """A cart as ``CartRow`` describes it, at today's prices for the caller."""
    customer = customer_of(request)
    quote = cart_quote.of_cart(cart=cart, customer_code=customer.code if customer else None)
    problem = quote.problem
    return {
        "uuid": cart.uuid,
        "channel": cart.channel.code,
        "currency": quote.currency,
        "total_amount": quote.total_amount,
        "lines": [
            {
                "sku": line.sku,
                "name": price.name if price is not None else None,
                "quantity": totals.written(line.quantity),
                "unit_price_amount": price.unit_price_amount if price is not None else None,
                "total_amount": price.total_amount if price is not None else None,
                "problem": quote.blamed[line.sku].code if line.sku in quote.blamed else None,
            }
            for line, price in zip(quote.lines, quote.priced, strict=True)
        ],
        "guest_name": cart.guest_name,
        "guest_email": cart.guest_email,
        "guest_phone": cart.guest_phone,
        "delivery_address": cart.delivery_address,
        "billing_address": cart.billing_address,
        "expires_at": cart.expires_at,
        "problem": problem
        and {
            "code": problem.code,
            "detail": problem.detail,
            "skus": [line.sku for line in quote.lines if line.sku in quote.blamed],
        },
        "key": key,
    }


def _open(request: Request) -> Cart | None:
    customer = customer_of(request)
    own = (
        Cart.objects.filter(customer_uuid=customer.uuid, channel__code=conf.STORE_CHANNEL)
        if customer
        else _by_key(request)
    )
    found: Cart | None = sole(own.filter(committed_at__isnull=True).select_related("channel"))
    return found


def _by_key(request: Request) -> Any:
    return Cart.objects.filter(key_hash=carts.hashed(request.headers.get(HEADER, "")))
