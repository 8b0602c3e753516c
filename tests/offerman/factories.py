"""Rows of offerman, in the tenant in use."""

from __future__ import annotations

from decimal import Decimal

import factory

from offerman.models import PriceList, PriceListItem, Product


class ProductFactory(factory.django.DjangoModelFactory[Product]):
    class Meta:
        model = Product

    sku = factory.Sequence(lambda number: f"SKU-{number}")
    name = factory.Sequence(lambda number: f"Product {number}")
    base_price_amount = 1000
    currency = "BRL"


class PriceListFactory(factory.django.DjangoModelFactory[PriceList]):
    class Meta:
        model = PriceList

    code = factory.Sequence(lambda number: f"list-{number}")
    name = factory.Sequence(lambda number: f"List {number}")
    currency = "BRL"


class PriceListItemFactory(factory.django.DjangoModelFactory[PriceListItem]):
    class Meta:
        model = PriceListItem

    price_list = factory.SubFactory(PriceListFactory)
    product = factory.SubFactory(ProductFactory)
    minimum_quantity = Decimal(0)
    amount = 900
