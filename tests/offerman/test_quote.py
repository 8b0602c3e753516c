from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from offerman.errors import (
    InvalidLine,
    InvalidQuantity,
    MixedCurrency,
    NoLines,
    RetiredSku,
    UnknownPriceList,
    UnknownSku,
)
from offerman.services import quote
from shopman import clock, tenancy
from shopman.models import Tenant
from tests.offerman.factories import PriceListFactory, PriceListItemFactory, ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]


def line(sku: str, quantity: object = 1) -> dict[str, Any]:
    return {"sku": sku, "quantity": quantity}


def test_without_a_customer_the_base_price_holds() -> None:
    ProductFactory(sku="TEA", name="Tea", base_price_amount=333)
    found = quote.lines([line("TEA", "1.5")])
    assert (found.currency, found.total_amount) == ("BRL", 500)
    (only,) = found.lines
    assert (only.sku, only.name, only.quantity) == ("TEA", "Tea", Decimal("1.5"))
    assert (only.unit_price_amount, only.total_amount) == (333, 500)
    assert (only.rule, only.price_list_code) == ("base_price", None)


def test_a_customers_list_and_a_channels_list_are_found_and_explained() -> None:
    tea, mug = ProductFactory(sku="TEA"), ProductFactory(sku="MUG")
    vip = PriceListFactory(code="vip")
    web = PriceListFactory(code="web", channel="web", is_public=True)
    PriceListItemFactory(price_list=vip, product=tea, amount=700)
    PriceListItemFactory(price_list=web, product=tea, amount=600)
    PriceListItemFactory(price_list=web, product=mug, amount=800)

    found = quote.lines([line("MUG"), line("TEA", 2)], customer_code="VIP-1", channel="web")

    assert [each.price_list_code for each in found.lines] == ["web", "vip"]
    assert [each.total_amount for each in found.lines] == [800, 1400]
    assert found.total_amount == 2200
    assert [each["outcome"] for each in found.lines[1].explain["considered"]] == [
        "won",
        "outranked",
        "outranked",
    ]


def test_a_list_serves_as_both_the_customers_and_the_channels() -> None:
    vip = PriceListFactory(code="vip", channel="web", is_public=True)
    tea = PriceListItemFactory(price_list=vip, amount=700).product
    (found,) = quote.lines([line(tea.sku)], customer_code="VIP-1", channel="web").lines
    assert found.rule == "customer_price_list"
    (found,) = quote.lines([line(tea.sku)], channel="web").lines
    assert found.rule == "channel_price_list"


def test_a_channels_list_that_is_not_public_needs_a_named_customer() -> None:
    staff = PriceListFactory(channel="counter", is_public=False)
    tea = PriceListItemFactory(price_list=staff, amount=700).product
    (found,) = quote.lines([line(tea.sku)], channel="counter").lines
    assert found.rule == "base_price"
    assert found.explain["considered"][1] == {
        "rule": "channel_price_list",
        "price_list_code": None,
        "outcome": "list_not_public",
        "tiers": [],
    }
    (found,) = quote.lines([line(tea.sku)], customer_code="ANY-1", channel="counter").lines
    assert found.unit_price_amount == 700


def test_a_list_out_of_its_period_says_so_and_the_next_rule_holds() -> None:
    now = clock.now()
    vip = PriceListFactory(code="vip", valid_from=now)
    tea = PriceListItemFactory(price_list=vip, amount=700).product
    early = now - dt.timedelta(microseconds=1)
    (before,) = quote.lines([line(tea.sku)], customer_code="VIP-1", at=early).lines
    (after,) = quote.lines([line(tea.sku)], customer_code="VIP-1", at=now).lines
    assert (before.rule, after.rule) == ("base_price", "customer_price_list")
    assert before.explain["considered"][0]["outcome"] == "list_not_yet_valid"


def test_an_unknown_list_is_an_error_and_never_the_base_price() -> None:
    ProductFactory(sku="TEA")
    with pytest.raises(UnknownPriceList):
        quote.lines([line("TEA")], customer_code="LOST-1")


def test_names_every_line_that_cannot_be_sold() -> None:
    ProductFactory(sku="TEA")
    ProductFactory(sku="OLD", is_active=False)
    with pytest.raises(UnknownSku) as unknown:
        quote.lines([line("TEA"), line("tea"), line("OLD"), line("NONE")])
    assert [error.field for error in unknown.value.errors] == ["lines.1.sku", "lines.3.sku"]
    with pytest.raises(RetiredSku) as retired:
        quote.lines([line("TEA"), line("OLD")])
    assert [error.field for error in retired.value.errors] == ["lines.1.sku"]


@pytest.mark.parametrize("quantity", [0, -1, "NaN", float("nan"), "0.0001", None, "\u0665", "1_0"])
def test_names_the_line_with_an_impossible_quantity(quantity: object) -> None:
    ProductFactory(sku="TEA")
    with pytest.raises(InvalidQuantity) as error:
        quote.lines([line("TEA"), line("TEA", quantity)])
    assert [each.field for each in error.value.errors] == ["lines.1.quantity"]


@pytest.mark.parametrize(
    "bad", [{"sku": "TEA"}, {"sku": "TEA", "quantity": 1, "price": 1}, {"sku": 7, "quantity": 1},
            {"sku": "T\x00A", "quantity": 1}]
)  # fmt: skip
def test_a_line_says_sku_and_quantity_and_nothing_else(bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidLine):
        quote.lines([bad])


def test_no_lines_are_no_quote() -> None:
    with pytest.raises(NoLines):
        quote.lines([])


def test_a_line_in_another_currency_than_the_shops_is_named() -> None:
    ProductFactory(sku="TEA")
    ProductFactory(sku="JAM", currency="USD")
    for lines in ([line("TEA"), line("JAM")], [line("JAM")]):
        with pytest.raises(MixedCurrency) as refused:
            quote.lines(lines)
        (error,) = refused.value.errors
        assert error.field == f"lines.{len(lines) - 1}.sku"
        assert refused.value.detail == "JAM is priced in USD, not in BRL."
    assert [each.currency for each in quote.prices([line("TEA"), line("JAM")])] == ["BRL", "USD"]


@pytest.mark.parametrize("count", [1, 200])
def test_any_number_of_lines_costs_three_queries(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    vip, web = PriceListFactory(code="vip"), PriceListFactory(channel="web", is_public=True)
    products = ProductFactory.create_batch(count)
    for product in products:
        PriceListItemFactory(price_list=vip, product=product, minimum_quantity=2)
        PriceListItemFactory(price_list=web, product=product)
    with django_assert_num_queries(3):
        found = quote.lines(
            [line(product.sku, 2) for product in products], customer_code="VIP-1", channel="web"
        )
    assert found.total_amount == count * 1800


def test_another_tenants_lists_and_products_are_not_there(
    in_tenant: Tenant, other_tenant: Tenant
) -> None:
    tea = ProductFactory(sku="TEA", base_price_amount=500)
    PriceListItemFactory(price_list=PriceListFactory(code="vip"), product=tea, amount=1)
    with tenancy.use(other_tenant):
        ProductFactory(sku="TEA", base_price_amount=900, currency="GBP")
        with pytest.raises(UnknownPriceList):
            quote.lines([line("TEA")], customer_code="VIP-1")
        PriceListFactory(code="vip", currency="GBP")
        (found,) = quote.lines([line("TEA")], customer_code="VIP-1").lines
    assert (found.unit_price_amount, found.currency) == (900, "GBP")


def test_with_the_null_port_nobody_has_a_list(settings: Settings) -> None:
    settings.OFFERMAN = {}
    vip = PriceListFactory(code="vip")
    tea = PriceListItemFactory(price_list=vip, amount=700).product
    (found,) = quote.lines([line(tea.sku)], customer_code="VIP-1").lines
    assert found.rule == "base_price"
    assert found.explain["considered"][0]["outcome"] == "no_price_list"
