"""A price list as a grid: one row for each product, one column for each quantity."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from offerman.admin import words
from offerman.models import PriceList, PriceListItem, Product
from shopman import clock, panels
from shopman.admin.numbering import page_number
from shopman.panels import Panel
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

#: The page of a price list, for ``shopman.panels``.
PRICE_LIST_PAGE: Final = "offerman.price_list"
#: Products of the grid on one page.
PAGE_SIZE: Final = 50

Cells = Mapping[UUID, Mapping[Decimal, Sequence[dict[str, Any]]]]


def facts(request: HttpRequest, row: PriceList) -> Mapping[str, Any]:
    """What the template ``offerman/admin/grid.html`` shows: three queries."""
    text = request.GET.get("q", "").strip().replace("\x00", "")
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(_products(row, text)[start : start + PAGE_SIZE + 1])
    products = found[:PAGE_SIZE]
    cells = _cells(row, products, clock.now())
    quantities = sorted({quantity for of_one in cells.values() for quantity in of_one})
    return {
        "columns": [words.quantity(quantity) for quantity in quantities],
        "rows": [
            {
                "product": product,
                "base": words.told(product.base_price_amount, product.currency),
                "cells": [
                    (words.quantity(quantity), cells[product.pk].get(quantity, ()))
                    for quantity in quantities
                ],
            }
            for product in products
        ],
        "text": text,
        "newer": number - 1,
        "older": number + 1 if len(found) > PAGE_SIZE else 0,
        "may_change": staff.may(request, Right.SET_PRICES),
    }


def _products(row: PriceList, text: str) -> Any:
    listed = PriceListItem.objects.filter(price_list=row, product=OuterRef("pk"))
    found = Product.objects.filter(Exists(listed)).order_by("name", "uuid")
    return found.filter(Q(sku__icontains=text) | Q(name__icontains=text)) if text else found


def _cells(row: PriceList, products: Sequence[Product], now: dt.datetime) -> Cells:
    """The prices of each product by quantity, the earliest first."""
    cells: dict[UUID, dict[Decimal, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    items = PriceListItem.objects.filter(price_list=row, product__in=[each.pk for each in products])
    for item in items.order_by("minimum_quantity", words.EARLIEST_FIRST, "uuid"):
        standing = words.standing(item.valid_from, item.valid_until, now)
        cells[item.product_id][item.minimum_quantity].append(
            {
                "item": item,
                "price": words.told(item.amount, row.currency),
                "period": words.period(item.valid_from, item.valid_until),
                "standing": standing,
                "said": words.STANDINGS[standing],
            }
        )
    return cells


panels.register(
    PRICE_LIST_PAGE,
    Panel(
        key="grid",
        title=_("Prices"),
        template="offerman/admin/grid.html",
        facts=facts,
        position=10,
    ),
)
