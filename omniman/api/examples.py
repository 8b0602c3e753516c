"""What is asked of omniman's API in its description. The tests send each of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shopman.api.examples import Example, Ref, refs

_ORDER: Final = refs(uuid="order")
_CHANNEL: Final = refs(uuid="channel")
_CART_KEY: Final = {"X-Cart-Key": Ref(name="cart_key")}

EXAMPLES: Final[Mapping[str, Example]] = {
    "listOrders": Example(query={"status": "placed"}),
    "getOrder": Example(path=_ORDER),
    "moveOrder": Example(
        path=_ORDER,
        body={"to": "confirmed"},
        headers={"Idempotency-Key": "59d6c1a8-0c3e-4a0b-9f6e-1e2d3c4b5a66"},
    ),
    "refundOrder": Example(
        path=_ORDER,
        body={"amount": 2990, "reason": "One bag arrived open."},
        headers={"Idempotency-Key": "e8b7a6f5-4d3c-4b2a-9180-7f6e5d4c3b77"},
    ),
    "addOrderNote": Example(
        path=_ORDER,
        body={"text": "Leave it with the neighbour at 104."},
        headers={"Idempotency-Key": "a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c88"},
    ),
    "listChannels": Example(),
    "createChannel": Example(
        body={"code": "counter", "name": "Counter", "is_trusted": True},
        headers={"Idempotency-Key": "0a9b8c7d-6e5f-4a3b-8c1d-2e3f4a5b6c99"},
    ),
    "getChannel": Example(path=_CHANNEL),
    "changeChannel": Example(
        path=_CHANNEL, body={"name": "Online shop"}, headers={"If-Match": '"1"'}
    ),
    "getCart": Example(headers=_CART_KEY, caller="visitor"),
    "openCart": Example(caller="visitor"),
    "describeCheckout": Example(
        headers=_CART_KEY,
        body={
            "guest_name": "João Lima",
            "guest_phone": "+55 11 95555-0101",
            "delivery_address": {
                "street": "Rua Harmonia",
                "number": "80",
                "city": "São Paulo",
                "region": "SP",
                "postal_code": "05435-000",
                "country": "BR",
            },
        },
        caller="visitor",
    ),
    "addCartLine": Example(body={"sku": "COFFEE-250", "quantity": "2"}, caller="visitor"),
    "setCartLine": Example(
        headers=_CART_KEY, body={"sku": "MUG-BLUE", "quantity": "3"}, caller="visitor"
    ),
    "claimCart": Example(body={"key": Ref(name="cart_key")}, caller="shopper"),
    "listMyOrders": Example(caller="shopper"),
    "placeOrder": Example(
        body={},
        headers={"Idempotency-Key": "7c9e6679-7425-40de-944b-e07fc1f90ae7"},
        caller="shopper",
    ),
    "getMyOrder": Example(path=_ORDER, caller="shopper"),
    "trackOrder": Example(path={"token": Ref(name="token")}, caller="visitor"),
}
