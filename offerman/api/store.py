"""Prices for whoever is asking: a shopper sees their own, a visitor those of public lists."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from offerman.api import serializers
from offerman.conf import conf
from offerman.errors import (
    AmountTooLarge,
    InvalidLine,
    InvalidQuantity,
    MixedCurrency,
    NoLines,
    RetiredSku,
    UnknownPriceList,
    UnknownSku,
)
from offerman.models import Product
from offerman.services import quote
from shopman.api.filters import refuse_unknown
from shopman.api.operations import Repeat, operation
from shopman.api.output import OutputSerializer, Row
from shopman.api.pagination import Keyset
from shopman.api.permissions import Public, customer_of
from shopman.api.renderers import JSONResponse
from shopman.api.views import StoreView


class StoreProducts(StoreView):
    """What is sold, with the caller's price of one. ``fields`` cannot be chosen here."""

    narrowable = False
    permission_classes = (Public,)
    output_class = serializers.StoreProductRow
    keyset = Keyset({"name", "sku"}, default="name")

    @operation("listStoreProducts")
    def get(self, request: Request) -> HttpResponse:
        """List what is sold, with the caller's price of one.

        A shopper sees prices of the list they are entitled to, a visitor those of public lists. For
        other quantities ask for a quote.
        """
        refuse_unknown(request.query_params, self.keyset.names() - {"fields"})
        page = self.keyset.page(request, Product.objects.active(), self.output_class)
        asked = [{"sku": row["sku"], "quantity": 1} for row in page["results"]]
        found = quote.prices(
            asked, customer_code=customer_code(request), channel=conf.STORE_CHANNEL
        )
        page["results"] = [
            row | {"price": _narrowed(serializers.CallersPrice, price)}
            for row, price in zip(page["results"], found, strict=True)
        ]
        return JSONResponse(page)


class StoreQuote(StoreView):
    """Price lines for the caller. Nothing is kept."""

    permission_classes = (Public,)
    input_class = serializers.QuoteInput
    output_class = serializers.QuoteRow
    post_status = 200

    @operation(
        "quotePrices",
        NoLines,
        InvalidLine,
        InvalidQuantity,
        UnknownSku,
        RetiredSku,
        UnknownPriceList,
        MixedCurrency,
        AmountTooLarge,
        repeat=Repeat.SAFE,
    )
    def post(self, request: Request) -> HttpResponse:
        """Price lines for the caller.

        For a price that depends on the quantity, without a cart; at most 200 lines. Nothing is
        kept, and a quote binds nobody: the order prices anew.
        """
        found = quote.lines(
            self.accept(request)["lines"],
            customer_code=customer_code(request),
            channel=conf.STORE_CHANNEL,
        )
        lines = [_narrowed(serializers.QuotedLineRow, line) for line in found.lines]
        return JSONResponse(_narrowed(serializers.QuoteRow, found) | {"lines": lines})


def customer_code(request: Request) -> str | None:
    """The code of the signed-in customer, None for a visitor."""
    customer = customer_of(request)
    return customer.code if customer else None


def _narrowed(kind: type[OutputSerializer], found: object) -> Row:
    """The listed fields of an object, and nothing else."""
    return {name: getattr(found, name) for name in kind.columns()}
