from __future__ import annotations

from decimal import Decimal

import pytest

from offerman.adapters.omniman import OffermanPriceBook
from offerman.errors import MixedCurrency, UnknownSku
from omniman.protocols.pricing import PriceRequest
from shopman import clock
from tests.offerman.factories import PriceListFactory, PriceListItemFactory, ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]


def ask(*skus: str, currency: str = "BRL") -> list[tuple[str, str, int, str | None, str]]:
    found = OffermanPriceBook().price(
        [PriceRequest(sku=sku, quantity=Decimal(2)) for sku in skus],
        customer_code="VIP-1",
        channel="web",
        currency=currency,
        at=clock.now(),
    )
    return [
        (each.sku, each.name, each.total_amount, each.price_list_code, each.rule) for each in found
    ]


def test_prices_every_line_in_the_order_asked() -> None:
    ProductFactory(sku="MUG", name="Mug", base_price_amount=150)
    tea = ProductFactory(sku="TEA", name="Tea")
    PriceListItemFactory(price_list=PriceListFactory(code="vip"), product=tea, amount=100)
    assert ask("TEA", "MUG", "TEA") == [
        ("TEA", "Tea", 200, "vip", "customer_price_list"),
        ("MUG", "Mug", 300, None, "base_price"),
        ("TEA", "Tea", 200, "vip", "customer_price_list"),
    ]


def test_another_currency_and_an_unknown_sku_are_named_errors() -> None:
    PriceListFactory(code="vip")
    ProductFactory(sku="TEA")
    ProductFactory(sku="JAM", currency="USD")
    with pytest.raises(MixedCurrency) as refused:
        ask("TEA", "JAM")
    assert [error.field for error in refused.value.errors] == ["lines.1.sku"]
    assert "JAM" in refused.value.detail
    with pytest.raises(UnknownSku):
        ask("TEA", "NONE")
