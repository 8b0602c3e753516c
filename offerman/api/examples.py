"""What is asked of offerman's API in its description. The tests send each of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shopman.api.examples import Example, Ref, refs

_VERSION: Final = {"If-Match": '"1"'}
_PRODUCT: Final = refs(uuid="product")
_LIST: Final = refs(uuid="price_list")
_PRICE: Final = refs(uuid="price_list", item="price")
_FILE: Final = "sku,amount,minimum_quantity\nMUG-BLUE,39.00,1\nMUG-BLUE,36.50,6\n"

EXAMPLES: Final[Mapping[str, Example]] = {
    "listProducts": Example(query={"is_active": "true"}),
    "createProduct": Example(
        body={
            "sku": "FILTER-100",
            "name": "Paper filters, 100",
            "unit": "each",
            "base_price_amount": 1500,
            "currency": "BRL",
        },
        headers={"Idempotency-Key": "1b4e28ba-2fa1-41d2-883f-0016d3cca427"},
    ),
    "getProduct": Example(path=_PRODUCT),
    "changeProduct": Example(path=_PRODUCT, body={"base_price_amount": 3690}, headers=_VERSION),
    "listPriceLists": Example(),
    "createPriceList": Example(
        body={"code": "winter", "name": "Winter", "currency": "BRL", "is_public": False},
        headers={"Idempotency-Key": "6fa459ea-ee8a-4ca4-894e-db77e160355e"},
    ),
    "getPriceList": Example(path=_LIST),
    "changePriceList": Example(
        path=_LIST, body={"valid_until": "2026-12-31T23:00:00Z"}, headers=_VERSION
    ),
    "listPrices": Example(path=_LIST),
    "addPrice": Example(
        path=_LIST,
        body={
            "product": Ref(name="mug"),
            "amount": 3900,
            "minimum_quantity": "1",
            "valid_from": "2026-04-01T03:00:00Z",
        },
        headers={"Idempotency-Key": "16fd2706-8baf-433b-82eb-8c7fada847da"},
    ),
    "getPrice": Example(path=_PRICE),
    "changePrice": Example(path=_PRICE, body={"amount": 2890}, headers=_VERSION),
    "removePrice": Example(path=_PRICE, headers=_VERSION),
    "previewPriceImport": Example(path=_LIST, body={"content": _FILE, "mode": "merge"}),
    "importPrices": Example(
        path=_LIST,
        body={"content": _FILE, "mode": "merge", "digest": Ref(name="digest")},
        headers={"Idempotency-Key": "886313e1-3b8a-4372-9b90-0c9aee199e5d"},
    ),
    "listStoreProducts": Example(caller="shopper"),
    "quotePrices": Example(
        body={
            "lines": [{"sku": "COFFEE-250", "quantity": "12"}, {"sku": "MUG-BLUE", "quantity": "1"}]
        },
        caller="shopper",
    ),
}
